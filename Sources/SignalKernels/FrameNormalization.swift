import FixedPointMath

/// Subtracts from every channel its mean over the frames and those remembered, in place.
///
/// - Shape: `frames` at least [frameCount, channelCount]; the rest is untouched. `remembered`
///   [2, channelCount]: sums of each channel over `rememberedCount` frames more, then sums of squares, which
///   are not looked at here; it may be empty where none are remembered.
/// - Format: Int16 in, the same Q-format out; saturates at the limits of Int16. Sums are whole numbers
///   in units of the features.
/// - Range: `frameCount + rememberedCount` 0 … 65536; no frame is left alone.
/// - Overflow: sums of a channel stay within ±2^31, `x·(frameCount + rememberedCount)` as well.
/// - Error: one rounding (half away from zero) of the exact difference.
@_lifetime(frames: copy frames)
public func subtractMean(
    _ frames: inout MutableSpan<Int16>,
    frameCount: Int,
    channelCount: Int,
    remembered: Span<Int64> = Span(),
    rememberedCount: Int = 0
) {
    precondition(frameCount >= 0 && rememberedCount >= 0)
    precondition(frameCount <= 65_536 && rememberedCount <= 65_536 &- frameCount)
    precondition(frames.count >= frameCount &* channelCount)
    precondition(rememberedCount == 0 || remembered.count == 2 &* channelCount)
    let total = Int64(frameCount &+ rememberedCount)
    for channel in 0..<channelCount {
        var sum: Int64 = rememberedCount == 0 ? 0 : remembered[channel]
        assert(sum.magnitude <= UInt64(rememberedCount) &<< 15)
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

/// Subtracts from every channel its mean and divides it by its standard deviation, both over the frames
/// and those remembered, in place.
///
/// - Shape: `frames` at least [frameCount, channelCount]; the rest is untouched. `remembered`
///   [2, channelCount]: sums of each channel over `rememberedCount` frames more, then sums of squares; it
///   may be empty where none are remembered.
/// - Format: Int16 in Q`fractionBits` in and out; saturates at the limits of Int16. Sums are whole
///   numbers in units of the features, and of their squares.
/// - Range: `frameCount + rememberedCount` 0 … 4096, `fractionBits` 4 … 14; a (population) deviation
///   below 1/16 counts as 1/16.
/// - Overflow: with `n` frames, those remembered included, `n·Σx²` and `(Σx)²` are at most 2^54 each.
///   `V = n·Σx² − (Σx)²` is at most `n²·(65535/2)²`, which is below 2^54, and is shifted by 10 before its
///   root is taken: below 2^64, so UInt64 is enough. The numerator stays below 2^28 · 2^19.
/// - Error: the root is exact to 2^-5 of `n` times a unit; one rounding of the quotient.
@_lifetime(frames: copy frames)
public func subtractMeanAndDivideByDeviation(
    _ frames: inout MutableSpan<Int16>,
    frameCount: Int,
    channelCount: Int,
    fractionBits: Int,
    remembered: Span<Int64> = Span(),
    rememberedCount: Int = 0
) {
    precondition(frameCount >= 0 && rememberedCount >= 0)
    precondition(frameCount <= 4096 && rememberedCount <= 4096 &- frameCount)
    precondition(frames.count >= frameCount &* channelCount)
    precondition(rememberedCount == 0 || remembered.count == 2 &* channelCount)
    precondition(fractionBits >= 4 && fractionBits <= 14)
    let total = Int64(frameCount &+ rememberedCount)
    // The least deviation, 1/16, in the units of the root: n · 2^fractionBits / 16 · 2^5.
    let least = (total &<< Int64(fractionBits)) &<< 1
    for channel in 0..<channelCount {
        var sum: Int64 = rememberedCount == 0 ? 0 : remembered[channel]
        var squares: Int64 = rememberedCount == 0 ? 0 : remembered[channelCount &+ channel]
        assert(sum.magnitude <= UInt64(rememberedCount) &<< 15)
        assert(squares >= 0 && squares <= Int64(rememberedCount) &<< 30)
        var index = channel
        for _ in 0..<frameCount {
            let value = Int64(frames[index])
            sum &+= value
            squares &+= value &* value
            index &+= channelCount
        }
        let variance = total &* squares &- sum &* sum
        assert(variance >= 0 && variance < 1 << 54)
        let root = integerSquareRoot(UInt64(truncatingIfNeeded: variance) &<< 10)
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
