/// Divides by `2^shift`, rounding half up.
///
/// - Range: `0 <= shift <= 62`; `value + 2^(shift − 1)` must not overflow, asserted in debug.
@inlinable
public func roundingShiftRight(_ value: Int64, _ shift: Int) -> Int64 {
    assert(shift >= 0 && shift <= 62)
    if shift == 0 { return value }
    let half = Int64(1) &<< Int64(shift &- 1)
    assert(!value.addingReportingOverflow(half).overflow)
    return (value &+ half) &>> Int64(shift)
}

/// Divides by `2^exponent`, rounding half away from zero.
///
/// - Range: `0 <= exponent <= 31`.
/// - Source: gemmlowp `RoundingDivideByPOT`, as used by the LiteRT reference operators.
@inlinable
public func roundingDivideByPowerOfTwo(_ value: Int32, _ exponent: Int32) -> Int32 {
    assert(exponent >= 0 && exponent <= 31)
    let mask = Int32(truncatingIfNeeded: (Int64(1) &<< Int64(exponent)) &- 1)
    let remainder = value & mask
    let threshold = (mask &>> 1) &+ (value < 0 ? 1 : 0)
    return (value &>> exponent) &+ (remainder > threshold ? 1 : 0)
}

/// Divides, rounding half away from zero.
///
/// - Range: `divisor > 0`; `|value| + divisor / 2` must not overflow, asserted in debug.
@inlinable
public func roundingDivide(_ value: Int64, by divisor: Int64) -> Int64 {
    assert(divisor > 0)
    let half = divisor / 2
    assert(!value.addingReportingOverflow(value >= 0 ? half : -half).overflow)
    return value >= 0 ? (value &+ half) / divisor : (value &- half) / divisor
}
