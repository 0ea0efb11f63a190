/// Returns the high half of `2·a·b`, rounded half up and saturated.
///
/// - Format: Q31 × Q31 → Q31.
/// - Range: the only product that does not fit, −1 × −1, saturates to 2^31 − 1.
/// - Source: gemmlowp `SaturatingRoundingDoublingHighMul`. Its division truncates towards zero,
///   which differs from an arithmetic shift for negative products.
@inlinable
public func saturatingRoundingDoublingHighMultiply(_ a: Int32, _ b: Int32) -> Int32 {
    if a == Int32.min && b == Int32.min { return Int32.max }
    let product = Int64(a) &* Int64(b)
    let nudge: Int64 = product >= 0 ? 1 << 30 : 1 - (1 << 30)
    return Int32(truncatingIfNeeded: (product &+ nudge) / (1 << 31))
}

/// Multiplies an accumulator by the real factor `multiplier · 2^(shift − 31)`.
///
/// - Format: `multiplier` Q31 in 2^30 … 2^31 − 1, or 0; `shift` −31 … 30, positive is left.
/// - Overflow: the left shift wraps like two's complement. Scales of real models are below 1, so
///   it shifts by nothing; `ModelFile` rejects what could wrap.
/// - Source: LiteRT `MultiplyByQuantizedMultiplier` with double rounding.
@inlinable
public func requantize(_ value: Int32, multiplier: Int32, shift: Int32) -> Int32 {
    assert(shift >= -31 && shift <= 30)
    let left = shift > 0 ? shift : 0
    let right = shift > 0 ? 0 : 0 &- shift
    return roundingDivideByPowerOfTwo(
        saturatingRoundingDoublingHighMultiply(value &<< left, multiplier),
        right
    )
}
