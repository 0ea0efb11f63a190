/// Returns the binary logarithm of a positive integer.
///
/// - Format: UInt64 integer in, Q20 out (0 … 64 in Int32).
/// - Range: `value >= 1`.
/// - Error: at most 6e-7 before rounding to Q20; the whole error is below 1.1 units of Q20.
/// - Overflow: the Horner steps stay below 2^31 in Q30, products below 2^62.
/// - Source: `log2(1 + x) = x · q(x)` with a degree-7 Chebyshev fit of `q` on [0, 1); greatest
///   error of the fit 2.8e-7.
@inlinable
public func binaryLogarithm(_ value: UInt64) -> Int32 {
    precondition(value > 0)
    let exponent = 63 &- value.leadingZeroBitCount
    // Mantissa in Q62 with the leading one removed, then x in Q30.
    let normalized = value &<< UInt64(truncatingIfNeeded: value.leadingZeroBitCount)
    let x = Int64(truncatingIfNeeded: (normalized & 0x7FFF_FFFF_FFFF_FFFF) &>> 33)
    var q: Int64 = -13_282_877
    q = 68_491_410 &+ ((q &* x) &>> 30)
    q = -167_074_194 &+ ((q &* x) &>> 30)
    q = 275_070_863 &+ ((q &* x) &>> 30)
    q = -379_519_076 &+ ((q &* x) &>> 30)
    q = 515_475_263 &+ ((q &* x) &>> 30)
    q = -774_501_491 &+ ((q &* x) &>> 30)
    q = 1_549_081_711 &+ ((q &* x) &>> 30)
    let fraction = (q &* x &+ (1 &<< 39)) &>> 40
    return Int32(truncatingIfNeeded: Int64(exponent) &<< 20 &+ fraction)
}
