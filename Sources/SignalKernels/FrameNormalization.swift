import FixedPointMath

/// Subtracts from every channel its mean over the frames, in place.
///
/// - Shape: `frames` at least [frameCount, channelCount]; the rest is untouched.
/// - Format: Int16 in, the same Q-format out; saturates at the limits of Int16.
/// - Range: `frameCount` 0 … 65536; no frame is left alone.
/// - Overflow: sums of a channel stay below 2^31, `x·frameCount` as well.
/// - Error: one rounding (half away from zero) of the exact difference.
public func subtractMean(
    _ frames: inout MutableSpan<Int16>,
    frameCount: Int,
    channelCount: Int
) {
    precondition(frameCount >= 0 && frameCount <= 65_536)
    precondition(frames.count >= frameCount &* channelCount)
    let total = Int64(frameCount)
    for channel in 0..<channelCount {
        var sum: Int64 = 0
        var index = channel
        for _ in 0..<frameCount {
            sum &+= Int64(frames[index])
            index &+= channelCount
        }
        index = channel
        for _ in 0..<frameCount {
            let scaled = Int64(frames[index]) &* total &- sum
            frames[index] = saturateToInt16(roundingDivide(scaled, by: total))
            index &+= channelCount
        }
    }
}

/// Subtracts from every channel its mean and divides it by its standard deviation, in place.
///
/// - Shape: `frames` at least [frameCount, channelCount]; the rest is untouched.
/// - Format: Int16 in Q`fractionBits` in and out; saturates at the limits of Int16.
/// - Range: `frameCount` 0 … 2048, `fractionBits` 4 … 14; a (population) deviation below 1/16
///   counts as 1/16.
/// - Overflow: with `n` frames, `V = n·Σx² − (Σx)²` is at most 2^52 and is shifted by 10 before its
///   root is taken; the numerator stays below 2^28 · 2^19.
/// - Error: the root is exact to 2^-5 of `n` times a unit; one rounding of the quotient.
public func subtractMeanAndDivideByDeviation(
    _ frames: inout MutableSpan<Int16>,
    frameCount: Int,
    channelCount: Int,
    fractionBits: Int
) {
    precondition(frameCount >= 0 && frameCount <= 2048)
    precondition(frames.count >= frameCount &* channelCount)
    precondition(fractionBits >= 4 && fractionBits <= 14)
    let total = Int64(frameCount)
    // The least deviation, 1/16, in the units of the root: n · 2^fractionBits / 16 · 2^5.
    let least = (total &<< Int64(fractionBits)) &<< 1
    for channel in 0..<channelCount {
        var sum: Int64 = 0
        var squares: Int64 = 0
        var index = channel
        for _ in 0..<frameCount {
            let value = Int64(frames[index])
            sum &+= value
            squares &+= value &* value
            index &+= channelCount
        }
        let variance = total &* squares &- sum &* sum
        assert(variance >= 0 && variance <= 1 << 52)
        let root = integerSquareRoot(UInt64(truncatingIfNeeded: variance &<< 10))
        let deviation = max(Int64(truncatingIfNeeded: root), least)
        index = channel
        for _ in 0..<frameCount {
            let scaled = Int64(frames[index]) &* total &- sum
            let numerator = scaled &<< Int64(fractionBits &+ 5)
            frames[index] = saturateToInt16(roundingDivide(numerator, by: deviation))
            index &+= channelCount
        }
    }
}
