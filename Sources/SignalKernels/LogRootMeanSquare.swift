import FixedPointMath

/// Returns the natural logarithm of the root mean square of a frame, limited below.
///
/// - Shape: `samples` [n], n at least 1.
/// - Format: `samples` Q15; `floor` and result Q20.
/// - Range: n at most 2^16; an all-zero frame counts as `floor`.
/// - Overflow: the sum of squares is at most 2^46.
/// - Error: at most 8e-7 before rounding: two logarithms of half weight.
public func logRootMeanSquare(_ samples: Span<Int16>, floor: Int32) -> Int32 {
    precondition(samples.count >= 1 && samples.count <= 65_536)
    var sum: Int64 = 0
    for n in 0..<samples.count {
        sum &+= Int64(samples[n]) &* Int64(samples[n])
    }
    assert(sum <= 1 << 46)
    if sum == 0 { return floor }
    // ln of the mean square: ln(sum) − ln(n), the samples being in units of 2^−15.
    let square = naturalLogarithm(UInt64(truncatingIfNeeded: sum), exponent: -30)
    let count = naturalLogarithm(UInt64(truncatingIfNeeded: samples.count), exponent: 0)
    return max(floor, Int32(truncatingIfNeeded: roundingShiftRight(Int64(square &- count), 1)))
}
