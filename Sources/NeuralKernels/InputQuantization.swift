import FixedPointMath

/// Quantises normalised features for the first operator of a network.
///
/// - Shape: `output` at least as long as `features`.
/// - Format: Int16 in the Q-format of the front end in, Int8 with zero point out; `factor` is the
///   scale of one feature unit over the scale of the output.
/// - Range: any Int16.
/// - Overflow: factors below 2^15 cannot wrap.
/// - Source: `Documentation/ModelFormat.md`, section 4, member `input`.
@_lifetime(output: copy output)
public func inputQuantization(
    features: Span<Int16>,
    factor: QuantizedMultiplier,
    output: inout MutableSpan<Int8>,
    quantization: OutputQuantization
) {
    let count = features.count
    precondition(output.count >= count)
    for i in 0..<count {
        output[i] = quantization.store(Int32(features[i]), factor)
    }
}
