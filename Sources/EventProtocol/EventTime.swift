/// When something happened.
public enum EventTime: Equatable, Sendable {
    /// In the life of the daemon, by both clocks of the board.
    case clock(monotonicMicroseconds: UInt64, wallClockMicroseconds: UInt64)
    /// In a file: microseconds of audio from its beginning.
    case audio(microseconds: UInt64)
}
