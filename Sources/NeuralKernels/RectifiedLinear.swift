import FixedPointMath

/// Applies ReLU or ReLU6 and moves the activation to the scale of the output.
///
/// - Shape: `output` at least as long as `input`.
/// - Format: Int8 with zero points; `factor` is the input scale over the output scale. The limits
///   of `quantization` are the images of 0 (and 6), so the function is the clamp.
/// - Overflow: |x − zp| stays below 2^8.
/// - Source: LiteRT `reference_ops::ReluX`.
@_lifetime(output: copy output)
public func rectifiedLinear(
    input: Span<Int8>,
    inputZeroPoint: Int32,
    factor: QuantizedMultiplier,
    output: inout MutableSpan<Int8>,
    quantization: OutputQuantization
) {
    let count = input.count
    precondition(output.count >= count)
    for i in 0..<count {
        output[i] = quantization.store(Int32(input[i]) &- inputZeroPoint, factor)
    }
}
