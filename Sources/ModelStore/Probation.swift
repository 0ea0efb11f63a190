/// What a new model has done so far; kept on disk, so that a restart does not begin anew.
public struct Probation: Equatable, Sendable {
    /// How many crashes in which time are too many.
    public struct CrashLimit: Equatable, Sendable {
        /// Crashes.
        public var count: Int
        /// The time within which they must fall.
        public var windowMicroseconds: UInt64

        /// Two crashes within ten minutes.
        public init(count: Int = 2, windowMicroseconds: UInt64 = 600_000_000) {
            self.count = count
            self.windowMicroseconds = windowMicroseconds
        }
    }

    /// Utterances that it has answered.
    public var utterances = 0
    /// Seconds for which it has listened.
    public var listeningSeconds = 0
    /// Identifies the boot of the machine in which it ran last.
    public internal(set) var boot: String?
    /// Whether the daemon runs, or has ended without saying so.
    public internal(set) var isRunning = false
    /// When crashes of that boot were found, microseconds of the monotonic clock.
    public internal(set) var crashMicroseconds: [UInt64] = []

    /// A model that has done nothing yet.
    public init() {}

    /// Begins a run, and counts the one before as a crash when it has not ended in the same boot.
    ///
    /// A run of another boot was ended by a power cut or a reset, which says nothing of the model.
    ///
    /// - Returns: whether there were too many crashes.
    mutating func begin(boot: String, atMicroseconds now: UInt64, limit: CrashLimit) -> Bool {
        if self.boot != boot {
            crashMicroseconds = []
        } else if isRunning {
            crashMicroseconds.append(now)
        }
        crashMicroseconds.removeAll { $0 > now || now - $0 > limit.windowMicroseconds }
        self.boot = boot
        isRunning = true
        return crashMicroseconds.count >= limit.count
    }
}
