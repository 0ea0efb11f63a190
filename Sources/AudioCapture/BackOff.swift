/// How long to wait between attempts: doubling from half a second to half a minute, for ever.
package struct BackOff {
    /// The first wait.
    static let shortestMicroseconds: UInt64 = 500_000
    /// The longest wait.
    static let longestMicroseconds: UInt64 = 30_000_000

    private var next = shortestMicroseconds

    /// Starts with the shortest wait.
    package init() {}

    /// The wait before the next attempt.
    package mutating func nextMicroseconds() -> UInt64 {
        defer { next = min(next * 2, Self.longestMicroseconds) }
        return next
    }

    /// Something changed for the better: start again with the shortest wait.
    package mutating func reset() {
        next = Self.shortestMicroseconds
    }
}
