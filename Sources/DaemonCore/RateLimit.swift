/// Lets a number of entries of a kind pass in a time, and counts the others.
struct RateLimit {
    /// Entries of one kind that pass within the time.
    static let burst = 20
    /// The time, in microseconds: ten minutes.
    static let intervalMicroseconds: UInt64 = 600_000_000

    private struct Window {
        var startMicroseconds: UInt64
        var passed = 0
        var suppressed = 0
    }

    private var windows: [String: Window] = [:]

    /// Asks for one more entry of a kind.
    ///
    /// - Returns: how many were left out since the last one that passed; `nil` when this one is left
    ///   out, too.
    mutating func admit(_ kind: String, atMicroseconds now: UInt64) -> Int? {
        var window = windows[kind] ?? Window(startMicroseconds: now)
        defer { windows[kind] = window }
        if now >= window.startMicroseconds + Self.intervalMicroseconds {
            window.startMicroseconds = now
            window.passed = 0
        }
        guard window.passed < Self.burst else {
            window.suppressed += 1
            return nil
        }
        window.passed += 1
        defer { window.suppressed = 0 }
        return window.suppressed
    }
}
