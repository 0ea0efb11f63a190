/// A real factor `multiplier · 2^(shift − 31)`, the operand of `requantize`.
public struct QuantizedMultiplier: Sendable {
    /// Q31: 2^30 … 2^31 − 1, or 0.
    public var multiplier: Int32
    /// −31 … 30, positive is left.
    public var shift: Int32

    /// Describes a factor by its two integers.
    public init(multiplier: Int32, shift: Int32) {
        self.multiplier = multiplier
        self.shift = shift
    }
}
