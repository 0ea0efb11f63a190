/// Whether something makes progress, for the watchdog.
package struct Liveness {
    private var lastMark: UInt64?
    private var sinceMicroseconds: UInt64 = 0

    package init() {}

    /// Looks once more.
    ///
    /// - Parameters:
    ///   - mark: a count that grows with progress.
    ///   - patience: how long it may stay as it is, in microseconds; `nil` where none is expected.
    /// - Returns: whether there is progress, or still time for it.
    package mutating func hasProgress(
        mark: UInt64,
        patienceMicroseconds patience: UInt64?,
        atMicroseconds now: UInt64
    ) -> Bool {
        guard let patience, mark == lastMark else {
            lastMark = mark
            sinceMicroseconds = now
            return true
        }
        return now - sinceMicroseconds <= patience
    }
}
