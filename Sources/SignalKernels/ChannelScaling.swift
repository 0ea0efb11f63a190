import FixedPointMath

/// Multiplies every channel with its weight and rounds to the features' Q-format.
///
/// - Shape: `channels` at least [channelCount], `weights` [channelCount], `output` at least
///   [offset + channelCount]; the rest of `output` is untouched.
/// - Format: `channels` Q20, `weights` Q16, `output` Int16 in Q`fractionBits`.
/// - Range: |weights| at most 2^30; `fractionBits` 0 … 15; saturates at the limits of Int16.
/// - Overflow: products are below 2^61.
/// - Error: one rounding, half a unit of the output.
@_lifetime(output: copy output)
public func scaleChannels(
    _ channels: Span<Int32>,
    weights: Span<Int32>,
    fractionBits: Int,
    into output: inout MutableSpan<Int16>,
    at offset: Int
) {
    precondition(channels.count >= weights.count)
    precondition(offset >= 0 && output.count &- offset >= weights.count)
    precondition(fractionBits >= 0 && fractionBits <= 15)
    let shift = 36 &- fractionBits
    for channel in 0..<weights.count {
        assert(weights[channel].magnitude <= 1 << 30)
        let product = Int64(channels[channel]) &* Int64(weights[channel])
        output[offset &+ channel] = saturateToInt16(roundingShiftRight(product, shift))
    }
}
