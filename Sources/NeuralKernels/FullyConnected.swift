import FixedPointMath

/// Multiplies a vector with a matrix.
///
/// - Shape: `input` [depth], `weights` [outputChannels, depth], `bias`, `multipliers` and `shifts`
///   [outputChannels], `output` at least [outputChannels].
/// - Format: as `convolution2D`.
/// - Range: any Int8.
/// - Overflow: products stay below 2^15; sums wrap like two's complement, and fewer than 2^16
///   inputs cannot reach the limits.
/// - Source: LiteRT `reference_integer_ops::FullyConnectedPerChannel`.
@_lifetime(output: copy output)
public func fullyConnected(
    input: Span<Int8>,
    inputZeroPoint: Int32,
    weights: Span<Int8>,
    bias: Span<Int32>,
    multipliers: Span<Int32>,
    shifts: Span<Int32>,
    output: inout MutableSpan<Int8>,
    quantization: OutputQuantization
) {
    let depth = input.count
    let channels = bias.count
    precondition(weights.count == channels &* depth && output.count >= channels)
    precondition(multipliers.count == channels && shifts.count == channels)

    let zeroPoint = Int16(truncatingIfNeeded: inputZeroPoint)
    for channel in 0..<channels {
        let row = weights.extracting(channel &* depth..<(channel &+ 1) &* depth)
        var sum = bias[channel]
        for i in 0..<depth {
            sum &+= Int32(Int16(input[i]) &- zeroPoint) &* Int32(row[i])
        }
        output[channel] = quantization.store(
            sum,
            QuantizedMultiplier(multiplier: multipliers[channel], shift: shifts[channel])
        )
    }
}
