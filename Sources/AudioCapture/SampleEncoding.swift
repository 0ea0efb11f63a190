/// How one sample is stored, little-endian.
public enum SampleEncoding: CaseIterable, Sendable {
    /// Unsigned, 128 is silence.
    case unsigned8
    /// Two's complement in two bytes.
    case signed16
    /// Two's complement in three bytes.
    case signed24
    /// Two's complement in the low three of four bytes; the fourth is ignored.
    case signed24In32
    /// Two's complement in four bytes.
    case signed32
    /// IEEE 754 single precision, full scale ±1.
    case float32

    /// Bytes of one sample.
    public var byteCount: Int {
        switch self {
        case .unsigned8: 1
        case .signed16: 2
        case .signed24: 3
        case .signed24In32, .signed32, .float32: 4
        }
    }
}
