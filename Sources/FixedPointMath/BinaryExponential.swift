/// Returns two to the power of a value that is not positive.
///
/// - Format: Q16 in, Q30 out (0 … 2^30).
/// - Range: `exponent <= 0`; below −30 the result is 0.
/// - Error: at most 4e-9 of full scale, plus rounding to Q30.
/// - Overflow: the Horner steps stay below 2^30 in Q30, products below 2^61.
/// - Source: degree-6 Chebyshev fit of `2^x` on [−1, 0]; greatest error of the fit 1.4e-9.
@inlinable
public func binaryExponential(_ exponent: Int32) -> Int32 {
    precondition(exponent <= 0)
    if exponent < -30 &<< 16 { return 0 }
    // exponent = −whole − part, part in [0, 1).
    let negated = 0 &- exponent
    let whole = negated &>> 16
    let x = 0 &- (Int64(negated & 0xFFFF) &<< 14)
    var p: Int64 = 117_454
    p = 1_369_790 &+ ((p &* x) &>> 30)
    p = 10_286_509 &+ ((p &* x) &>> 30)
    p = 59_583_045 &+ ((p &* x) &>> 30)
    p = 257_938_938 &+ ((p &* x) &>> 30)
    p = 744_260_975 &+ ((p &* x) &>> 30)
    // The constant is 2^30 − 1; the exact 1 keeps 2^0 exact.
    p = 1_073_741_824 &+ ((p &* x) &>> 30)
    return Int32(truncatingIfNeeded: roundingShiftRight(p, Int(whole)))
}
