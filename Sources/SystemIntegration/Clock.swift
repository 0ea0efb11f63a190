import Glibc

/// The clocks of the operating system, in microseconds.
public enum Clock {
    /// Time since boot without suspend (`CLOCK_MONOTONIC`): never goes back.
    public static var monotonicMicroseconds: UInt64 { read(CLOCK_MONOTONIC) }

    /// Time since 1970-01-01 00:00 UTC (`CLOCK_REALTIME`): as wrong as the clock of the board.
    public static var wallClockMicroseconds: UInt64 { read(CLOCK_REALTIME) }

    /// Time of the processor that this thread has used (`CLOCK_THREAD_CPUTIME_ID`).
    public static var threadProcessorMicroseconds: UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

    /// The same in nanoseconds.
    public static var threadProcessorNanoseconds: UInt64 {
        nanoseconds(CLOCK_THREAD_CPUTIME_ID)
    }

    private static func read(_ clock: clockid_t) -> UInt64 { nanoseconds(clock) / 1000 }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // Sound: the kernel fills the structure; these clocks exist everywhere.
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
