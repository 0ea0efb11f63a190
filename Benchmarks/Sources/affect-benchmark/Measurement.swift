import Glibc

/// Something whose cost is measured, one unit of work at a time.
final class Measurement {
    /// Unique, with slashes from the general to the particular.
    let name: String
    /// What one unit is.
    let unit: String
    /// Multiply-accumulates of one unit, where that says something.
    let multiplyAccumulates: Int
    private let work: () -> Int

    /// - Parameter work: does some units of work and returns how many.
    init(_ name: String, unit: String, multiplyAccumulates: Int = 0, work: @escaping () -> Int) {
        self.name = name
        self.unit = unit
        self.multiplyAccumulates = multiplyAccumulates
        self.work = work
    }

    /// Nanoseconds of processor time of one unit, over at least five milliseconds.
    ///
    /// Asking for the time costs half a microsecond, so it is asked after twice as much work every
    /// time.
    func nanoseconds() -> Double {
        let start = Self.threadNanoseconds()
        var units = 0
        var elapsed: UInt64 = 0
        var repetitions = 1
        repeat {
            for _ in 0..<repetitions { units += work() }
            repetitions *= 2
            elapsed = Self.threadNanoseconds() - start
        } while elapsed < 5_000_000
        return Double(elapsed) / Double(units)
    }

    /// Does the work once between two calls of `getppid`, for a plugin of an emulator that counts
    /// instructions (`instructions.c`).
    func mark() {
        // The first time something may be prepared.
        _ = work()
        _ = getppid()
        _ = work()
        _ = getppid()
    }

    private static func threadNanoseconds() -> UInt64 {
        var time = timespec()
        // The call fills the structure that is passed to it.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
