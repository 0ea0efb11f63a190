import FixedPointMath

/// Returns the elements of the patch scratch that `convolution2D` needs.
public func convolution2DPatchCount(window: SlidingWindow, inputChannels: Int) -> Int {
    patchBlock &* window.tapCount &* inputChannels
}

/// Convolves an activation with a bank of filters.
///
/// - Shape: `input` `inputShape`, `weights` [outputChannels, kernelTime, kernelFrequency,
///   inputChannels], `bias`, `multipliers` and `shifts` [outputChannels], `output` `outputShape`,
///   `patches` at least `convolution2DPatchCount` elements, overwritten.
/// - Format: Int8 activations with zero point, Int8 weights symmetric per output channel, Int32
///   bias at input scale times weight scale, multipliers Q31.
/// - Range: any Int8; cells outside the input count as real zero.
/// - Overflow: products stay below 2^15; sums wrap like two's complement, and fewer than 2^16 taps
///   cannot reach the limits.
/// - Source: LiteRT `reference_integer_ops::ConvPerChannel`; the offset is taken off while a patch
///   is gathered instead of in the innermost loop.
@_lifetime(output: copy output)
@_lifetime(patches: copy patches)
public func convolution2D(
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
    patches: inout MutableSpan<Int16>
) {
    let channels = outputShape.channels
    let depth = window.tapCount &* inputShape.channels
    precondition(input.count == inputShape.elementCount)
    precondition(output.count >= outputShape.elementCount)
    precondition(weights.count == channels &* depth && bias.count == channels)
    precondition(multipliers.count == channels && shifts.count == channels)
    precondition(patches.count >= patchBlock &* depth)
    precondition(outputShape.hasExtents(of: window.outputShape(of: inputShape, channels: channels)))

    let cells = outputShape.cellCount
    var cell = 0
    while cell < cells {
        let count = min(patchBlock, cells &- cell)
        for i in 0..<count {
            gatherPatch(
                input: input,
                shape: inputShape,
                zeroPoint: Int16(truncatingIfNeeded: inputZeroPoint),
                window: window,
                time: (cell &+ i) / outputShape.frequency,
                frequency: (cell &+ i) % outputShape.frequency,
                patches: &patches,
                offset: i &* depth
            )
        }
        // In the last block the patches beyond `count` are old ones; their sums are not stored.
        for channel in 0..<channels {
            let start = channel &* depth
            let sums = dotProducts(
                patches: patches.span,
                weights: weights.extracting(start..<start &+ depth)
            )
            let factor = QuantizedMultiplier(
                multiplier: multipliers[channel],
                shift: shifts[channel]
            )
            var target = cell &* channels &+ channel
            output[target] = quantization.store(sums.0 &+ bias[channel], factor)
            if count > 1 {
                target &+= channels
                output[target] = quantization.store(sums.1 &+ bias[channel], factor)
            }
            if count > 2 {
                target &+= channels
                output[target] = quantization.store(sums.2 &+ bias[channel], factor)
            }
            if count > 3 {
                target &+= channels
                output[target] = quantization.store(sums.3 &+ bias[channel], factor)
            }
        }
        cell &+= count
    }
}
