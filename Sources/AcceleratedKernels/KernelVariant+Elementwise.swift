import CNeuralKernels
public import NeuralKernels

extension KernelVariant {
    /// Adds two activations as `NeuralKernels.addition` does.
    @_lifetime(output: copy output)
    public func addition(
        first: Span<Int8>,
        second: Span<Int8>,
        parameters: AdditionQuantization,
        output: inout MutableSpan<Int8>,
        quantization: OutputQuantization
    ) {
        guard let table = unsafe table else {
            NeuralKernels.addition(
                first: first,
                second: second,
                parameters: parameters,
                output: &output,
                quantization: quantization
            )
            return
        }
        let count = first.count
        precondition(second.count == count && output.count >= count)
        let description = affect_addition(
            first_zero_point: parameters.firstZeroPoint,
            first_factor: affect_factor(parameters.firstFactor),
            second_zero_point: parameters.secondZeroPoint,
            second_factor: affect_factor(parameters.secondFactor),
            output_factor: affect_factor(parameters.outputFactor),
            output: affect_output(quantization)
        )
        // The table reads and writes `count` elements, which were just checked.
        unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe withUnsafePointer(to: description) { description in
                        unsafe table.pointee.addition(
                            description,
                            first.baseAddress,
                            second.baseAddress,
                            output.baseAddress,
                            count
                        )
                    }
                }
            }
        }
    }

    /// Quantises features as `NeuralKernels.inputQuantization` does.
    @_lifetime(output: copy output)
    public func inputQuantization(
        features: Span<Int16>,
        factor: QuantizedMultiplier,
        output: inout MutableSpan<Int8>,
        quantization: OutputQuantization
    ) {
        guard let table = unsafe table else {
            NeuralKernels.inputQuantization(
                features: features,
                factor: factor,
                output: &output,
                quantization: quantization
            )
            return
        }
        let count = features.count
        precondition(output.count >= count)
        // The table reads and writes `count` elements, which were just checked.
        unsafe features.withUnsafeBufferPointer { features in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe table.pointee.input_quantization(
                    features.baseAddress,
                    affect_factor(factor),
                    affect_output(quantization),
                    output.baseAddress,
                    count
                )
            }
        }
    }
}
