import FixedPointMath

/// Averages over all reduced cells, lane by lane.
///
/// - Shape: `input` [count, lanes], `output` at least [lanes]. Over time, `count` is the frames and
///   `lanes` is frequency · channels; over time and frequency, `count` is the cells and `lanes` the
///   channels.
/// - Format: Int8 with zero points; `factor` is the input scale over the output scale.
/// - Range: `1 <= count < 2^23`.
/// - Overflow: sums stay below 2^31.
/// - Source: LiteRT `reference_ops::QuantizedMeanOrSum`: 1 / `count` is folded into the multiplier.
@_lifetime(output: copy output)
public func globalMeanPool(
    input: Span<Int8>,
    count: Int,
    inputZeroPoint: Int32,
    factor: QuantizedMultiplier,
    output: inout MutableSpan<Int8>,
    quantization: OutputQuantization
) {
    precondition(count >= 1 && count < 1 &<< 23 && input.count % count == 0)
    let lanes = input.count / count
    precondition(output.count >= lanes)

    let perCell = factor.divided(by: count)
    var lane = 0
    while lane < lanes {
        let sums = laneSums(from: lane, lanes: lanes, input: input)
        let end = min(lanes, lane &+ laneBlock)
        for i in lane..<end {
            let sum = sums.values[i &- lane] &- Int32(truncatingIfNeeded: count) &* inputZeroPoint
            output[i] = quantization.store(sum, perCell)
        }
        lane = end
    }
}

extension QuantizedMultiplier {
    /// Returns the factor over `count`, as LiteRT MEAN computes it.
    ///
    /// - Range: `count >= 1`. The quotient is truncated, so it may fall below 2^30.
    /// - Overflow: the multiplier is shifted by at most 32: below 2^63.
    func divided(by count: Int) -> QuantizedMultiplier {
        let floorLog = Int32(truncatingIfNeeded: 63 &- count.leadingZeroBitCount)
        let extra = min(floorLog, 32, 31 &+ shift)
        let quotient = (Int64(multiplier) &<< Int64(extra)) / Int64(count)
        return QuantizedMultiplier(
            multiplier: Int32(truncatingIfNeeded: quotient),
            shift: shift &- extra
        )
    }
}
