import FixedPointMath

/// Averages the cells under each position of a window, channel by channel.
///
/// - Shape: `input` `inputShape`, `output` `outputShape` with the same channels, `accumulators` at
///   least [channels], overwritten.
/// - Format: Int8; scale and zero point of the output equal those of the input.
/// - Range: cells outside the input do not count. Every position must cover at least one cell,
///   which padding below the kernel and dilation 1 ensure.
/// - Overflow: at most 2^12 cells of magnitude 2^7: sums stay below 2^20.
/// - Source: LiteRT `reference_integer_ops::AveragePool`: rounds half away from zero.
@_lifetime(output: copy output)
@_lifetime(accumulators: copy accumulators)
public func averagePool2D(
    input: Span<Int8>,
    inputShape: ActivationShape,
    window: SlidingWindow,
    output: inout MutableSpan<Int8>,
    outputShape: ActivationShape,
    quantization: OutputQuantization,
    accumulators: inout MutableSpan<Int32>
) {
    let channels = inputShape.channels
    precondition(input.count == inputShape.elementCount)
    precondition(output.count >= outputShape.elementCount)
    precondition(outputShape.hasExtents(of: window.outputShape(of: inputShape, channels: channels)))
    precondition(window.time.dilation == 1 && window.frequency.dilation == 1)
    precondition(accumulators.count >= channels)

    var target = 0
    for time in 0..<outputShape.time {
        let times = window.time.coveredRange(position: time, extent: inputShape.time)
        for frequency in 0..<outputShape.frequency {
            let frequencies = window.frequency.coveredRange(
                position: frequency,
                extent: inputShape.frequency
            )
            for channel in 0..<channels { accumulators[channel] = 0 }
            for t in times {
                for f in frequencies {
                    let start = (t &* inputShape.frequency &+ f) &* channels
                    accumulate(
                        input.extracting(start..<start &+ channels),
                        into: &accumulators
                    )
                }
            }
            let count = Int32(truncatingIfNeeded: times.count &* frequencies.count)
            for channel in 0..<channels {
                let sum = accumulators[channel]
                let half = sum > 0 ? count / 2 : 0 &- count / 2
                output[target &+ channel] = clampToInt8(
                    (sum &+ half) / count,
                    minimum: quantization.minimum,
                    maximum: quantization.maximum
                )
            }
            target &+= channels
        }
    }
}

/// Adds one cell to the accumulators of its channels.
@inline(__always)
@_lifetime(accumulators: copy accumulators)
private func accumulate(_ cell: Span<Int8>, into accumulators: inout MutableSpan<Int32>) {
    precondition(cell.count <= accumulators.count)
    for i in 0..<cell.count { accumulators[i] = accumulators[i] &+ Int32(cell[i]) }
}
