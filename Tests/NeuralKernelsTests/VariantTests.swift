import AcceleratedKernels
import NeuralKernels
import Testing

/// Every variant that this processor runs against the reference kernels, bit for bit, on shapes that
/// are drawn so that tiles, panels, groups and rows end in every way.
@Suite struct VariantTests {
    static let variants = KernelVariant.available.filter { !$0.isReference }
    static let sentinel: Int8 = 85

    @Test(arguments: variants)
    func convolutionAnswersLikeTheReference(_ variant: KernelVariant) {
        var random = RandomNumbers(seed: 4)
        for index in 0..<600 {
            let drawn = RandomConvolution(&random)
            #expect(drawn.answer(variant) == drawn.answer(.reference), "\(index): \(drawn.shape)")
        }
    }

    /// Few input channels, whose taps are gathered, and outputs that lie 8, 12 or 16 elements apart;
    /// both often rectified, that is stored with the zero point −128 and no other limits.
    @Test(arguments: variants)
    func narrowConvolutionAnswersLikeTheReference(_ variant: KernelVariant) {
        var random = RandomNumbers(seed: 9)
        for index in 0..<600 {
            var drawn =
                index.isMultiple(of: 2)
                ? RandomConvolution(&random, inputChannels: 1...3)
                : RandomConvolution(&random, inputChannels: 8...16, isPointwise: true)
            if index % 3 > 0 {
                drawn.quantization = OutputQuantization(zeroPoint: -128)
            }
            #expect(drawn.answer(variant) == drawn.answer(.reference), "\(index): \(drawn.shape)")
        }
    }

    /// The extremes of Int8 everywhere: sums at the limits that `ModelFile` admits.
    @Test(arguments: variants, [(Int8.min, Int8.min), (.min, .max), (.max, .min), (.max, .max)])
    func convolutionHoldsTheExtremes(_ variant: KernelVariant, values: (Int8, Int8)) {
        var random = RandomNumbers(seed: 5)
        for zeroPoint in [Int32(-128), 127] {
            var drawn = RandomConvolution(&random)
            drawn.inputZeroPoint = zeroPoint
            drawn.input = drawn.input.map { _ in values.0 }
            drawn.weights = drawn.weights.map { _ in values.1 }
            #expect(drawn.answer(variant) == drawn.answer(.reference), "\(drawn.shape)")
        }
    }

    /// Shapes as those of convolutions; zero points, wild factors and extremes of Int8 besides.
    @Test(arguments: variants)
    func depthwiseConvolutionAnswersLikeTheReference(_ variant: KernelVariant) {
        var random = RandomNumbers(seed: 8)
        for index in 0..<600 {
            var drawn = RandomConvolution(&random)
            let channels = drawn.shape.channels
            let weights = random.integers(
                channels * drawn.window.tapCount,
                index.isMultiple(of: 7) ? Int8.min...Int8.min : Int8.min...Int8.max
            )
            let bias: [Int32] = random.integers(channels, -20_000...20_000)
            let multipliers = random.integers(channels, 1 << 30...Int32.max)
            let shifts: [Int32] = random.integers(
                channels,
                index.isMultiple(of: 9) ? -31...3 : -12 ... -5
            )
            if index.isMultiple(of: 3) {
                // Limits and zero point for which the plain way is open.
                drawn.quantization.minimum = -128
                drawn.quantization.maximum = 127
            }
            let outputShape = drawn.window.outputShape(of: drawn.shape, channels: channels)
            func answer(_ variant: KernelVariant) -> [Int8] {
                var output = [Int8](
                    repeating: Self.sentinel,
                    count: outputShape.elementCount + 9
                )
                guard variant.isReference else {
                    PackedConvolution(
                        variant: variant,
                        window: drawn.window,
                        maximumTime: drawn.shape.time,
                        inputFrequency: drawn.shape.frequency,
                        inputChannels: channels,
                        outputChannels: channels,
                        isDepthwise: true,
                        inputZeroPoint: drawn.inputZeroPoint,
                        quantization: drawn.quantization
                    ).answer(
                        weights: weights,
                        bias: bias,
                        multipliers: multipliers,
                        shifts: shifts,
                        input: drawn.input,
                        inputTime: drawn.shape.time,
                        output: &output
                    )
                    return output
                }
                var accumulators = [Int32](repeating: 0, count: channels)
                var span = output.mutableSpan
                var accumulatorSpan = accumulators.mutableSpan
                depthwiseConvolution2D(
                    input: drawn.input.span,
                    inputShape: drawn.shape,
                    inputZeroPoint: drawn.inputZeroPoint,
                    window: drawn.window,
                    weights: weights.span,
                    bias: bias.span,
                    multipliers: multipliers.span,
                    shifts: shifts.span,
                    output: &span,
                    outputShape: outputShape,
                    quantization: drawn.quantization,
                    accumulators: &accumulatorSpan
                )
                return output
            }
            #expect(answer(variant) == answer(.reference), "\(index): \(drawn.shape)")
        }
    }

    @Test(arguments: variants)
    func additionAnswersLikeTheReference(_ variant: KernelVariant) {
        var random = RandomNumbers(seed: 6)
        for count in Array(0...70) + [1000] {
            let first = random.integers(count, Int8.min...Int8.max)
            let second = random.integers(count, Int8.min...Int8.max)
            func factor(_ shifts: ClosedRange<Int>) -> QuantizedMultiplier {
                QuantizedMultiplier(
                    multiplier: Int32(random.integer(1 << 30...Int(Int32.max))),
                    shift: Int32(random.integer(shifts))
                )
            }
            let parameters = AdditionQuantization(
                firstZeroPoint: Int32(random.integer(-128...127)),
                firstFactor: factor(-20...0),
                secondZeroPoint: Int32(random.integer(-128...127)),
                secondFactor: factor(-20...0),
                outputFactor: factor(-31...1)
            )
            let quantization = random.quantization()
            func answer(_ variant: KernelVariant) -> [Int8] {
                var output = [Int8](repeating: Self.sentinel, count: count + 9)
                var span = output.mutableSpan
                variant.addition(
                    first: first.span,
                    second: second.span,
                    parameters: parameters,
                    output: &span,
                    quantization: quantization
                )
                return output
            }
            #expect(answer(variant) == answer(.reference), "\(count)")
        }
    }

    @Test(arguments: variants)
    func inputQuantizationAnswersLikeTheReference(_ variant: KernelVariant) {
        var random = RandomNumbers(seed: 7)
        for count in Array(0...70) + [1000] {
            let features = random.integers(count, Int16.min...Int16.max)
            let factor = QuantizedMultiplier(
                multiplier: Int32(random.integer(1 << 30...Int(Int32.max))),
                shift: Int32(random.integer(-31...14))
            )
            let quantization = random.quantization()
            func answer(_ variant: KernelVariant) -> [Int8] {
                var output = [Int8](repeating: Self.sentinel, count: count + 9)
                var span = output.mutableSpan
                variant.inputQuantization(
                    features: features.span,
                    factor: factor,
                    output: &span,
                    quantization: quantization
                )
                return output
            }
            #expect(answer(variant) == answer(.reference), "\(count)")
        }
    }
}

extension RandomNumbers {
    /// A zero point and limits that an activation may set.
    mutating func quantization() -> OutputQuantization {
        let zeroPoint = Int32(integer(-128...127))
        let minimum = integer(0...1) == 0 ? -128 : zeroPoint
        let maximum = integer(0...1) == 0 ? 127 : max(minimum, Int32(integer(-20...127)))
        return OutputQuantization(zeroPoint: zeroPoint, minimum: minimum, maximum: maximum)
    }
}
