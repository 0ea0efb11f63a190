import CNeuralKernels
import NeuralKernels

extension affect_axis {
    init(_ axis: SlidingAxis) {
        self.init(
            kernel: Int32(axis.kernel),
            stride: Int32(axis.stride),
            dilation: Int32(axis.dilation),
            padding_before: Int32(axis.paddingBefore),
            padding_after: Int32(axis.paddingAfter)
        )
    }
}

extension affect_output {
    init(_ quantization: OutputQuantization) {
        self.init(
            zero_point: quantization.zeroPoint,
            minimum: quantization.minimum,
            maximum: quantization.maximum
        )
    }
}

extension affect_factor {
    init(_ factor: QuantizedMultiplier) {
        self.init(multiplier: factor.multiplier, shift: factor.shift)
    }
}
