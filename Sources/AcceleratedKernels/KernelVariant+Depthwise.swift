import CNeuralKernels
public import NeuralKernels

extension KernelVariant {
    /// Convolves every channel with filters of its own as `NeuralKernels.depthwiseConvolution2D`
    /// does.
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
        guard let run = unsafe table?.pointee.depthwise_run, channels == inputShape.channels,
            window.tapCount <= affect_most_depthwise_taps
        else {
            NeuralKernels.depthwiseConvolution2D(
                input: input,
                inputShape: inputShape,
                inputZeroPoint: inputZeroPoint,
                window: window,
                weights: weights,
                bias: bias,
                multipliers: multipliers,
                shifts: shifts,
                output: &output,
                outputShape: outputShape,
                quantization: quantization,
                accumulators: &accumulators
            )
            return
        }
        precondition(input.count == inputShape.elementCount && inputShape.elementCount >= 1)
        precondition(output.count >= outputShape.elementCount && outputShape.elementCount >= 1)
        precondition(weights.count == window.tapCount &* channels && bias.count == channels)
        precondition(multipliers.count == channels && shifts.count == channels)
        let expected = window.outputShape(of: inputShape, channels: channels)
        precondition(expected.time == outputShape.time)
        precondition(expected.frequency == outputShape.frequency)
        let description = affect_convolution(
            time: affect_axis(window.time),
            frequency: affect_axis(window.frequency),
            input_frequency: Int32(inputShape.frequency),
            input_channels: Int32(channels),
            output_channels: Int32(channels),
            input_zero_point: inputZeroPoint,
            output: affect_output(quantization)
        )
        // The table reads and writes within the counts that were just checked.
        unsafe input.withUnsafeBufferPointer { input in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe bias.withUnsafeBufferPointer { bias in
                    unsafe multipliers.withUnsafeBufferPointer { multipliers in
                        unsafe shifts.withUnsafeBufferPointer { shifts in
                            unsafe output.withUnsafeMutableBufferPointer { output in
                                unsafe withUnsafePointer(to: description) { description in
                                    unsafe run(
                                        description,
                                        weights.baseAddress,
                                        weights.count,
                                        bias.baseAddress,
                                        multipliers.baseAddress,
                                        shifts.baseAddress,
                                        input.baseAddress,
                                        inputShape.time,
                                        output.baseAddress,
                                        output.count
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
