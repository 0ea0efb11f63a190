/// Processor time spent on an amount of sound.
struct BenchmarkCost {
    private var nanoseconds: UInt64 = 0
    private var sampleCount: UInt64 = 0

    /// Processor time of a second of sound; `nil` without sound.
    var nanosecondsPerSecond: UInt64? {
        sampleCount == 0
            ? nil : nanoseconds * UInt64(BenchmarkSound.sampleRate) / sampleCount
    }

    /// Adds the time spent on so many samples of 16 kHz.
    mutating func add(_ spent: UInt64, sampleCount count: Int) {
        nanoseconds += spent
        sampleCount += UInt64(count)
    }
}
