import FixedPointMath

/// Convolves every channel of an activation with filters of its own.
///
/// - Shape: `input` `inputShape`, `weights` [kernelTime, kernelFrequency, outputChannels], `bias`,
///   `multipliers` and `shifts` [outputChannels], `output` `outputShape`, `accumulators` at least
///   [outputChannels], overwritten. `outputChannels` is `inputChannels · depthMultiplier`; the
///   output channel `c · depthMultiplier + m` belongs to the input channel `c`.
/// - Format: as `convolution2D`.
/// - Range: any Int8; cells outside the input count as real zero.
/// - Overflow: products stay below 2^15, at most 2^12 taps: sums stay below 2^27, plus bias; wraps.
/// - Source: LiteRT `reference_integer_ops::DepthwiseConvPerChannel`; the innermost loop runs over
///   channels, which are contiguous.
@_lifetime(output: copy output)
@_lifetime(accumulators: copy accumulators)
public func depthwiseConvolution2D(
    input: Span<Int8>,
    inputShape: ActivationShape,
    inputZeroPoint: Int32,
    window: SlidingWindow,
    weights: Span<Int8>,
    bias: Span<Int32>,
    multipliers: Span<Int32>,
    shifts: Span<Int32>,
    output: inout MutableSpan<Int8>,
    outputShape: ActivationShape,
    quantization: OutputQuantization,
    accumulators: inout MutableSpan<Int32>
) {
    let channels = outputShape.channels
    let depthMultiplier = channels / inputShape.channels
    precondition(channels == depthMultiplier &* inputShape.channels)
    precondition(input.count == inputShape.elementCount)
    precondition(output.count >= outputShape.elementCount)
    precondition(weights.count == window.tapCount &* channels && bias.count == channels)
    precondition(multipliers.count == channels && shifts.count == channels)
    precondition(accumulators.count >= channels)
    precondition(outputShape.hasExtents(of: window.outputShape(of: inputShape, channels: channels)))

    let zeroPoint = Int16(truncatingIfNeeded: inputZeroPoint)
    var target = 0
    for time in 0..<outputShape.time {
        let firstTime = time &* window.time.stride &- window.time.paddingBefore
        for frequency in 0..<outputShape.frequency {
            let firstFrequency =
                frequency &* window.frequency.stride &- window.frequency.paddingBefore
            for channel in 0..<channels { accumulators[channel] = bias[channel] }
            for tapTime in 0..<window.time.kernel {
                let t = firstTime &+ tapTime &* window.time.dilation
                if t < 0 || t >= inputShape.time { continue }
                for tapFrequency in 0..<window.frequency.kernel {
                    let f = firstFrequency &+ tapFrequency &* window.frequency.dilation
                    if f < 0 || f >= inputShape.frequency { continue }
                    let source = (t &* inputShape.frequency &+ f) &* inputShape.channels
                    let tap = (tapTime &* window.frequency.kernel &+ tapFrequency) &* channels
                    accumulateTap(
                        cell: input.extracting(source..<source &+ inputShape.channels),
                        zeroPoint: zeroPoint,
                        weights: weights.extracting(tap..<tap &+ channels),
                        depthMultiplier: depthMultiplier,
                        accumulators: &accumulators
                    )
                }
            }
            for channel in 0..<channels {
                output[target &+ channel] = quantization.store(
                    accumulators[channel],
                    QuantizedMultiplier(multiplier: multipliers[channel], shift: shifts[channel])
                )
            }
            target &+= channels
        }
    }
}

/// Adds one tap of a depthwise filter to the accumulators of all output channels.
@inline(__always)
@_lifetime(accumulators: copy accumulators)
private func accumulateTap(
    cell: Span<Int8>,
    zeroPoint: Int16,
    weights: Span<Int8>,
    depthMultiplier: Int,
    accumulators: inout MutableSpan<Int32>
) {
    if depthMultiplier == 1 {
        precondition(weights.count == cell.count && cell.count <= accumulators.count)
        for channel in 0..<cell.count {
            let product = Int32(Int16(cell[channel]) &- zeroPoint) &* Int32(weights[channel])
            accumulators[channel] = accumulators[channel] &+ product
        }
        return
    }
    for channel in 0..<cell.count {
        let value = Int32(Int16(cell[channel]) &- zeroPoint)
        for m in 0..<depthMultiplier {
            let target = channel &* depthMultiplier &+ m
            accumulators[target] = accumulators[target] &+ value &* Int32(weights[target])
        }
    }
}
