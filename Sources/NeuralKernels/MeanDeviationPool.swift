import FixedPointMath

/// Computes mean and population standard deviation over all reduced cells, lane by lane.
///
/// - Shape: `input` [rows, frequencies, channels], read as [count, lanes] with lanes
///   [outputFrequencies, channels]; `output` at least [outputFrequencies, 2 · channels], the means
///   of a cell before its deviations.
/// - Format: Int8 with zero points; `meanFactor` is the input scale over the output scale,
///   `deviationFactor` the same for a deviation in Q16.
/// - Range: `1 <= count <= 2^18`.
/// - Overflow: with |q| <= 128, `count · Σq²` stays at most 2^50 and `Σq` at most 2^25; the
///   deviation in Q16 stays below 2^24.
/// - Source: `Documentation/ModelFormat.md`, section 5. The mean is `globalMeanPool`; LiteRT has no
///   deviation.
@_lifetime(output: copy output)
public func meanDeviationPool(
    input: Span<Int8>,
    count: Int,
    channels: Int,
    inputZeroPoint: Int32,
    meanFactor: QuantizedMultiplier,
    deviationFactor: QuantizedMultiplier,
    output: inout MutableSpan<Int8>,
    quantization: OutputQuantization
) {
    precondition(count >= 1 && count <= 1 &<< 18 && input.count % count == 0)
    let lanes = input.count / count
    precondition(channels >= 1 && lanes % channels == 0 && output.count >= 2 &* lanes)

    let perCell = meanFactor.divided(by: count)
    let cells = Int32(truncatingIfNeeded: count)
    var lane = 0
    while lane < lanes {
        let sums = laneSums(from: lane, lanes: lanes, input: input)
        let end = min(lanes, lane &+ laneBlock)
        for i in lane..<end {
            let target = (i / channels) &* 2 &* channels &+ i % channels
            let sum = sums.values[i &- lane]
            output[target] = quantization.store(sum &- cells &* inputZeroPoint, perCell)
            output[target &+ channels] = quantization.store(
                deviation(sum: Int64(sum), squares: sums.squares[i &- lane], count: count),
                deviationFactor
            )
        }
        lane = end
    }
}

/// Computes the population standard deviation of one lane, which no zero point changes.
///
/// - Format: Q16, in units of the input scale.
@inline(__always)
private func deviation(sum: Int64, squares: Int64, count: Int) -> Int32 {
    // count² times the variance: an integer, and never negative (Cauchy–Schwarz).
    let variance = UInt64(
        truncatingIfNeeded: Int64(count) &* squares &- sum &* sum
    )
    // As many fraction bits as fit below 2^62, an even number, at most 24.
    let room = max(variance.leadingZeroBitCount &- 2, 0)
    let exponent = UInt64(truncatingIfNeeded: min(room & ~1, 24))
    let root = integerSquareRoot(variance &<< exponent)
    let divisor = UInt64(truncatingIfNeeded: count) &<< (exponent / 2)
    return Int32(truncatingIfNeeded: ((root &<< 16) &+ divisor / 2) / divisor)
}
