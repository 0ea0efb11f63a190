import FixedPointMath

/// Returns the level of a block without its direct current: the binary logarithm of the variance.
///
/// - Shape: `samples` [n], n at least 1.
/// - Format: Q20 out, in units of the binary logarithm of squared sample units: 30 is a full-scale
///   square wave, and 1 is 3.01 dB.
/// - Range: −4 … 30; a variance below 1/16, digital silence included, counts as 1/16. n at most
///   65536.
/// - Overflow: with `V = n·Σx² − (Σx)²`, `Σx²` is at most 2^46 and `V` at most 2^62.
/// - Error: at most 3 units of Q20.
public func blockLogVariance(_ samples: Span<Int16>) -> Int32 {
    precondition(samples.count >= 1 && samples.count <= 65_536)
    // Squares are at most 2^30: added up in halves of 16 bits, 65536 of each fit 32 bits.
    var sum: Int32 = 0
    var lowHalves: UInt32 = 0
    var highHalves: UInt32 = 0
    for n in 0..<samples.count {
        let value = Int32(samples[n])
        let square = UInt32(truncatingIfNeeded: value &* value)
        sum &+= value
        lowHalves &+= square & 0xFFFF
        highHalves &+= square &>> 16
    }
    let squares = Int64(highHalves) &<< 16 &+ Int64(lowHalves)
    let variance = Int64(samples.count) &* squares &- Int64(sum) &* Int64(sum)
    assert(variance >= 0)
    let least: Int32 = -4 &<< 20
    if variance == 0 { return least }
    let count = binaryLogarithm(UInt64(truncatingIfNeeded: samples.count))
    return max(least, binaryLogarithm(UInt64(truncatingIfNeeded: variance)) &- 2 &* count)
}
