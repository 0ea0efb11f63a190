/// Returns the integer square root, rounded down.
///
/// - Range: any UInt64 in, 0 … 2^32 − 1 out.
/// - Source: binary digit-by-digit method; exact.
@inlinable
public func integerSquareRoot(_ value: UInt64) -> UInt64 {
    if value == 0 { return 0 }
    var remainder = value
    var root: UInt64 = 0
    var bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: (63 &- value.leadingZeroBitCount) & ~1)
    while bit != 0 {
        if remainder >= root &+ bit {
            remainder &-= root &+ bit
            root = (root &>> 1) &+ bit
        } else {
            root &>>= 1
        }
        bit &>>= 2
    }
    return root
}
