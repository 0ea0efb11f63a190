import AcceleratedKernels
import NeuralKernels

/// Every operator by every variant that has it, over an activation of 94 · 20 · 24 elements.
func operatorMeasurements() -> [Measurement] {
    KernelVariant.available.flatMap { OperatorRun(variant: $0).measurements() }
}

/// Buffers and factors that all operators share.
private final class OperatorRun {
    let variant: KernelVariant
    let shape = ActivationShape(time: 94, frequency: 20, channels: 24)
    let input: [Int8]
    let weights: [Int8]
    let bias = [Int32](repeating: 100, count: 48)
    let multipliers = [Int32](repeating: 1_500_000_000, count: 48)
    let shifts = [Int32](repeating: -9, count: 48)
    let factor = QuantizedMultiplier(multiplier: 1_500_000_000, shift: 0)
    let quantization = OutputQuantization(zeroPoint: 3)
    let features: [Int16]
    var output: [Int8]
    var patches: [Int16] = []
    var accumulators = [Int32](repeating: 0, count: 48)
    var scratch: [CacheLine] = []

    init(variant: KernelVariant) {
        self.variant = variant
        input = (0..<shape.elementCount).map { Int8(truncatingIfNeeded: $0 &* 79) }
        // No weight is the least one, as in most layers.
        let weightCount = 24 * 24 * 9
        weights = (0..<weightCount).map { index in Int8(index * 31 % 255 - 127) }
        features = (0..<shape.elementCount).map { Int16(truncatingIfNeeded: $0 &* 7919) }
        output = Array(repeating: 0, count: 2 * shape.elementCount)
    }

    func measurements() -> [Measurement] {
        let cube = SlidingAxis(kernel: 3, paddingBefore: 1, paddingAfter: 1)
        let halving = SlidingAxis(kernel: 2, stride: 2)
        let three = SlidingWindow(time: cube, frequency: cube)
        let one = SlidingWindow(time: SlidingAxis(), frequency: SlidingAxis())
        let two = SlidingWindow(time: halving, frequency: halving)
        let products = shape.cellCount * 24 * 24
        var all = [
            convolution("convolution-3x3", three, 9 * products),
            convolution("convolution-1x1", one, products),
            fullyConnected(),
            depthwise(three),
            measurement("addition") { self.add() },
            measurement("input-quantization") { self.quantizeInput() },
        ]
        if variant.isReference {
            all += [
                measurement("maximum-pool-2x2") { self.maximumPool(two) },
                measurement("average-pool-2x2") { self.averagePool(two) },
                measurement("global-mean-pool") { self.meanPool() },
                measurement("mean-deviation-pool") { self.meanDeviationPool() },
                measurement("concatenation") { self.concatenate() },
                measurement("rectified-linear") { self.rectify() },
            ]
        }
        return all
    }

    private func measurement(
        _ name: String,
        _ multiplyAccumulates: Int = 0,
        work: @escaping () -> Void
    ) -> Measurement {
        Measurement(
            "operator/\(name)/\(variant.name)",
            unit: "run",
            multiplyAccumulates: multiplyAccumulates
        ) {
            work()
            return 1
        }
    }

    private func convolution(
        _ name: String,
        _ window: SlidingWindow,
        _ multiplyAccumulates: Int
    ) -> Measurement {
        let count = window.tapCount * 24 * 24
        let weights = Array(weights[0..<count])
        if variant.isReference {
            patches = Array(
                repeating: 0,
                count: max(
                    patches.count,
                    convolution2DPatchCount(window: window, inputChannels: 24)
                )
            )
            let bias = Array(bias[0..<24])
            let multipliers = Array(multipliers[0..<24])
            let shifts = Array(shifts[0..<24])
            return measurement(name, multiplyAccumulates) {
                let bias = bias
                let multipliers = multipliers
                let input = self.input
                let shifts = shifts
                let weights = weights
                writing(&self.output) { output in
                    writing(&self.patches) { patches in
                        convolution2D(
                            input: input.span,
                            inputShape: self.shape,
                            inputZeroPoint: 5,
                            window: window,
                            weights: weights.span,
                            bias: bias.span,
                            multipliers: multipliers.span,
                            shifts: shifts.span,
                            output: &output,
                            outputShape: self.shape,
                            quantization: self.quantization,
                            patches: &patches
                        )
                    }
                }
            }
        }
        return packedConvolution(name, window, weights, multiplyAccumulates)
    }

    private func packedConvolution(
        _ name: String,
        _ window: SlidingWindow,
        _ weights: [Int8],
        _ multiplyAccumulates: Int,
        isDepthwise: Bool = false
    ) -> Measurement {
        let bias = Array(bias[0..<24])
        let multipliers = Array(multipliers[0..<24])
        let shifts = Array(shifts[0..<24])
        let packed = PackedConvolution(
            variant: variant,
            window: window,
            maximumTime: shape.time,
            inputFrequency: shape.frequency,
            inputChannels: 24,
            outputChannels: 24,
            isDepthwise: isDepthwise,
            inputZeroPoint: 5,
            quantization: quantization
        )
        return run(
            name,
            packed,
            packed.pack(
                weights: weights.span,
                bias: bias.span,
                multipliers: multipliers.span,
                shifts: shifts.span
            ),
            input: input,
            inputTime: shape.time,
            multiplyAccumulates
        )
    }

    /// 216 inputs to 24 outputs.
    private func fullyConnected() -> Measurement {
        let input = Array(input[0..<216])
        let weights = self.weights
        let bias = Array(bias[0..<24])
        let multipliers = Array(multipliers[0..<24])
        let shifts = Array(shifts[0..<24])
        if variant.isReference {
            return measurement("fully-connected", weights.count) {
                let bias = bias
                let input = input
                let multipliers = multipliers
                let weights = self.weights
                let shifts = shifts
                writing(&self.output) { output in
                    NeuralKernels.fullyConnected(
                        input: input.span,
                        inputZeroPoint: 5,
                        weights: weights.span,
                        bias: bias.span,
                        multipliers: multipliers.span,
                        shifts: shifts.span,
                        output: &output,
                        quantization: self.quantization
                    )
                }
            }
        }
        let packed = PackedConvolution(
            variant: variant,
            fullyConnectedDepth: 216,
            outputChannels: 24,
            inputZeroPoint: 5,
            quantization: quantization
        )
        return run(
            "fully-connected",
            packed,
            packed.pack(
                weights: weights.span,
                bias: bias.span,
                multipliers: multipliers.span,
                shifts: shifts.span
            ),
            input: input,
            inputTime: 1,
            weights.count
        )
    }

    private func run(
        _ name: String,
        _ convolution: PackedConvolution,
        _ packed: [CacheLine],
        input: [Int8],
        inputTime: Int,
        _ multiplyAccumulates: Int
    ) -> Measurement {
        scratch = Array(
            repeating: CacheLine(repeating: 0),
            count: max(scratch.count, convolution.scratchCount)
        )
        return measurement(name, multiplyAccumulates) {
            let input = input
            let packed = packed
            writing(&self.output) { output in
                writing(&self.scratch) { scratch in
                    convolution.run(
                        packed: packed.span,
                        input: input.span,
                        inputTime: inputTime,
                        output: &output,
                        scratch: &scratch
                    )
                }
            }
        }
    }

    private func add() {
        let input = input
        writing(&output) { output in
            variant.addition(
                first: input.span,
                second: input.span,
                parameters: AdditionQuantization(
                    firstZeroPoint: 1,
                    firstFactor: factor,
                    secondZeroPoint: 2,
                    secondFactor: factor,
                    outputFactor: QuantizedMultiplier(multiplier: 1_500_000_000, shift: -18)
                ),
                output: &output,
                quantization: quantization
            )
        }
    }

    private func quantizeInput() {
        let features = features
        writing(&output) { output in
            variant.inputQuantization(
                features: features.span,
                factor: QuantizedMultiplier(multiplier: 1_500_000_000, shift: -7),
                output: &output,
                quantization: quantization
            )
        }
    }

    private func depthwise(_ window: SlidingWindow) -> Measurement {
        let weights = Array(weights[0..<9 * 24])
        let name = "depthwise-3x3"
        let multiplyAccumulates = 9 * shape.elementCount
        if variant.isReference {
            let bias = Array(bias[0..<24])
            let multipliers = Array(multipliers[0..<24])
            let shifts = Array(shifts[0..<24])
            return measurement(name, multiplyAccumulates) {
                let bias = bias
                let input = self.input
                let multipliers = multipliers
                let shifts = shifts
                let weights = weights
                writing(&self.output) { output in
                    writing(&self.accumulators) { accumulators in
                        depthwiseConvolution2D(
                            input: input.span,
                            inputShape: self.shape,
                            inputZeroPoint: 5,
                            window: window,
                            weights: weights.span,
                            bias: bias.span,
                            multipliers: multipliers.span,
                            shifts: shifts.span,
                            output: &output,
                            outputShape: self.shape,
                            quantization: self.quantization,
                            accumulators: &accumulators
                        )
                    }
                }
            }
        }
        return packedConvolution(name, window, weights, multiplyAccumulates, isDepthwise: true)
    }

    private func maximumPool(_ window: SlidingWindow) {
        let input = input
        writing(&output) { output in
            maximumPool2D(
                input: input.span,
                inputShape: shape,
                window: window,
                output: &output,
                outputShape: window.outputShape(of: shape, channels: shape.channels),
                quantization: quantization
            )
        }
    }

    private func averagePool(_ window: SlidingWindow) {
        let input = input
        writing(&output) { output in
            writing(&accumulators) { accumulators in
                averagePool2D(
                    input: input.span,
                    inputShape: shape,
                    window: window,
                    output: &output,
                    outputShape: window.outputShape(of: shape, channels: shape.channels),
                    quantization: quantization,
                    accumulators: &accumulators
                )
            }
        }
    }

    private func meanPool() {
        let input = input
        writing(&output) { output in
            globalMeanPool(
                input: input.span,
                count: shape.cellCount,
                inputZeroPoint: 5,
                factor: factor,
                output: &output,
                quantization: quantization
            )
        }
    }

    private func meanDeviationPool() {
        let input = input
        writing(&output) { output in
            NeuralKernels.meanDeviationPool(
                input: input.span,
                count: shape.cellCount,
                channels: shape.channels,
                inputZeroPoint: 5,
                meanFactor: factor,
                deviationFactor: QuantizedMultiplier(multiplier: 1_500_000_000, shift: -15),
                output: &output,
                quantization: quantization
            )
        }
    }

    private func concatenate() {
        let input = input
        writing(&output) { output in
            concatenation(
                input: input.span,
                rows: shape.cellCount,
                output: &output,
                outputWidth: 48,
                offset: 24
            )
        }
    }

    private func rectify() {
        let input = input
        writing(&output) { output in
            rectifiedLinear(
                input: input.span,
                inputZeroPoint: 5,
                factor: factor,
                output: &output,
                quantization: quantization
            )
        }
    }
}
