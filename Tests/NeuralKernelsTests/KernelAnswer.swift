import AcceleratedKernels
import NeuralKernels

/// Elements past the end of an output that a kernel must leave alone.
private let sentinelCount = 16
private let sentinel: Int8 = 85

/// What a kernel answers to a case, with the check that it wrote no further than it should.
struct KernelAnswer {
    let output: [Int8]
    let tailIsUntouched: Bool

    /// Runs the kernel of the given name; the reference where the variant has none of its own.
    init(_ name: String, _ vector: VectorCase, _ variant: KernelVariant) throws {
        let expected: [Int8] = try vector.integers("expected")
        var buffer = [Int8](repeating: sentinel, count: expected.count + sentinelCount)
        switch name {
        case "convolution2D": try Self.convolution(vector, variant, &buffer)
        case "depthwiseConvolution2D": try Self.depthwise(vector, variant, &buffer)
        case "fullyConnected": try Self.fullyConnected(vector, variant, &buffer)
        case "maximumPool2D": try Self.maximumPool(vector, &buffer)
        case "averagePool2D": try Self.averagePool(vector, &buffer)
        case "globalMeanPool": try Self.meanPool(vector, &buffer)
        case "meanDeviationPool": try Self.meanDeviationPool(vector, &buffer)
        case "addition": try Self.addition(vector, variant, &buffer)
        case "concatenation": try Self.concatenation(vector, &buffer)
        case "rectifiedLinear": try Self.rectifiedLinear(vector, &buffer)
        case "inputQuantization": try Self.inputQuantization(vector, variant, &buffer)
        default: fatalError("no kernel named \(name)")
        }
        output = Array(buffer.prefix(expected.count))
        tailIsUntouched = buffer.suffix(sentinelCount).allSatisfy { $0 == sentinel }
    }

    private static func convolution(
        _ vector: VectorCase,
        _ variant: KernelVariant,
        _ buffer: inout [Int8]
    ) throws {
        let layer = try Layer(vector)
        let shape = try vector.shape("inputShape")
        let window = try vector.window()
        if !variant.isReference {
            return try layer.run(vector, variant, window, shape, &buffer)
        }
        var patches = [Int16](
            repeating: 0,
            count: convolution2DPatchCount(window: window, inputChannels: shape.channels)
        )
        var output = buffer.mutableSpan
        var patchSpan = patches.mutableSpan
        convolution2D(
            input: layer.input.span,
            inputShape: shape,
            inputZeroPoint: try vector.zeroPoint(),
            window: window,
            weights: layer.weights.span,
            bias: layer.bias.span,
            multipliers: layer.multipliers.span,
            shifts: layer.shifts.span,
            output: &output,
            outputShape: try vector.shape("outputShape"),
            quantization: try vector.quantization(),
            patches: &patchSpan
        )
    }

    private static func depthwise(
        _ vector: VectorCase,
        _ variant: KernelVariant,
        _ buffer: inout [Int8]
    ) throws {
        let layer = try Layer(vector)
        let shape = try vector.shape("inputShape")
        let window = try vector.window()
        if !variant.isReference,
            PackedConvolution.packsDepthwise(window, shape.channels, layer.bias.count)
        {
            return try layer.run(vector, variant, window, shape, isDepthwise: true, &buffer)
        }
        var accumulators = [Int32](repeating: 0, count: layer.bias.count)
        var output = buffer.mutableSpan
        var accumulatorSpan = accumulators.mutableSpan
        depthwiseConvolution2D(
            input: layer.input.span,
            inputShape: shape,
            inputZeroPoint: try vector.zeroPoint(),
            window: window,
            weights: layer.weights.span,
            bias: layer.bias.span,
            multipliers: layer.multipliers.span,
            shifts: layer.shifts.span,
            output: &output,
            outputShape: try vector.shape("outputShape"),
            quantization: try vector.quantization(),
            accumulators: &accumulatorSpan
        )
    }

    private static func fullyConnected(
        _ vector: VectorCase,
        _ variant: KernelVariant,
        _ buffer: inout [Int8]
    ) throws {
        let layer = try Layer(vector)
        if !variant.isReference {
            let convolution = PackedConvolution(
                variant: variant,
                fullyConnectedDepth: layer.input.count,
                outputChannels: layer.bias.count,
                inputZeroPoint: try vector.zeroPoint(),
                quantization: try vector.quantization()
            )
            return layer.run(convolution, inputTime: 1, &buffer)
        }
        var output = buffer.mutableSpan
        NeuralKernels.fullyConnected(
            input: layer.input.span,
            inputZeroPoint: try vector.zeroPoint(),
            weights: layer.weights.span,
            bias: layer.bias.span,
            multipliers: layer.multipliers.span,
            shifts: layer.shifts.span,
            output: &output,
            quantization: try vector.quantization()
        )
    }

    private static func maximumPool(_ vector: VectorCase, _ buffer: inout [Int8]) throws {
        let input: [Int8] = try vector.integers("input")
        var output = buffer.mutableSpan
        maximumPool2D(
            input: input.span,
            inputShape: try vector.shape("inputShape"),
            window: try vector.window(),
            output: &output,
            outputShape: try vector.shape("outputShape"),
            quantization: try vector.quantization()
        )
    }

    private static func averagePool(_ vector: VectorCase, _ buffer: inout [Int8]) throws {
        let input: [Int8] = try vector.integers("input")
        let shape = try vector.shape("inputShape")
        var accumulators = [Int32](repeating: 0, count: shape.channels)
        var output = buffer.mutableSpan
        var accumulatorSpan = accumulators.mutableSpan
        averagePool2D(
            input: input.span,
            inputShape: shape,
            window: try vector.window(),
            output: &output,
            outputShape: try vector.shape("outputShape"),
            quantization: try vector.quantization(),
            accumulators: &accumulatorSpan
        )
    }

    private static func meanPool(_ vector: VectorCase, _ buffer: inout [Int8]) throws {
        let input: [Int8] = try vector.integers("input")
        var output = buffer.mutableSpan
        globalMeanPool(
            input: input.span,
            count: try vector.integer("count"),
            inputZeroPoint: try vector.zeroPoint(),
            factor: try vector.factor("factor"),
            output: &output,
            quantization: try vector.quantization()
        )
    }

    private static func meanDeviationPool(_ vector: VectorCase, _ buffer: inout [Int8]) throws {
        let input: [Int8] = try vector.integers("input")
        var output = buffer.mutableSpan
        NeuralKernels.meanDeviationPool(
            input: input.span,
            count: try vector.integer("count"),
            channels: try vector.integer("channels"),
            inputZeroPoint: try vector.zeroPoint(),
            meanFactor: try vector.factor("meanFactor"),
            deviationFactor: try vector.factor("deviationFactor"),
            output: &output,
            quantization: try vector.quantization()
        )
    }

    private static func addition(
        _ vector: VectorCase,
        _ variant: KernelVariant,
        _ buffer: inout [Int8]
    ) throws {
        let first: [Int8] = try vector.integers("first")
        let second: [Int8] = try vector.integers("second")
        let zeroPoints: [Int32] = try vector.integers("zeroPoints")
        let factors: [[Int32]] = try vector.rows("factors")
        var output = buffer.mutableSpan
        variant.addition(
            first: first.span,
            second: second.span,
            parameters: AdditionQuantization(
                firstZeroPoint: zeroPoints[0],
                firstFactor: VectorCase.factor(factors[0]),
                secondZeroPoint: zeroPoints[1],
                secondFactor: VectorCase.factor(factors[1]),
                outputFactor: VectorCase.factor(factors[2])
            ),
            output: &output,
            quantization: try vector.quantization()
        )
    }

    private static func concatenation(_ vector: VectorCase, _ buffer: inout [Int8]) throws {
        let inputs: [[Int8]] = try vector.rows("inputs")
        let rows = try vector.integer("rows")
        let width = inputs.reduce(0) { $0 + $1.count / rows }
        var offset = 0
        var output = buffer.mutableSpan
        for input in inputs {
            NeuralKernels.concatenation(
                input: input.span,
                rows: rows,
                output: &output,
                outputWidth: width,
                offset: offset
            )
            offset += input.count / rows
        }
    }

    private static func rectifiedLinear(_ vector: VectorCase, _ buffer: inout [Int8]) throws {
        let input: [Int8] = try vector.integers("input")
        var output = buffer.mutableSpan
        NeuralKernels.rectifiedLinear(
            input: input.span,
            inputZeroPoint: try vector.zeroPoint(),
            factor: try vector.factor("factor"),
            output: &output,
            quantization: try vector.quantization()
        )
    }

    private static func inputQuantization(
        _ vector: VectorCase,
        _ variant: KernelVariant,
        _ buffer: inout [Int8]
    ) throws {
        let features: [Int16] = try vector.integers("features")
        var output = buffer.mutableSpan
        variant.inputQuantization(
            features: features.span,
            factor: try vector.factor("factor"),
            output: &output,
            quantization: try vector.quantization()
        )
    }
}

/// The operands of a layer with weights.
private struct Layer {
    let input: [Int8]
    let weights: [Int8]
    let bias: [Int32]
    let multipliers: [Int32]
    let shifts: [Int32]

    init(_ vector: VectorCase) throws {
        input = try vector.integers("input")
        weights = try vector.integers("weights")
        bias = try vector.integers("bias")
        multipliers = try vector.integers("multipliers")
        shifts = try vector.integers("shifts")
    }

    /// Runs as a packed convolution, dense or depthwise.
    func run(
        _ vector: VectorCase,
        _ variant: KernelVariant,
        _ window: SlidingWindow,
        _ shape: ActivationShape,
        isDepthwise: Bool = false,
        _ buffer: inout [Int8]
    ) throws {
        let convolution = PackedConvolution(
            variant: variant,
            window: window,
            maximumTime: shape.time,
            inputFrequency: shape.frequency,
            inputChannels: shape.channels,
            outputChannels: bias.count,
            isDepthwise: isDepthwise,
            inputZeroPoint: try vector.zeroPoint(),
            quantization: try vector.quantization()
        )
        run(convolution, inputTime: shape.time, &buffer)
    }

    func run(_ convolution: PackedConvolution, inputTime: Int, _ buffer: inout [Int8]) {
        convolution.answer(
            weights: weights,
            bias: bias,
            multipliers: multipliers,
            shifts: shifts,
            input: input,
            inputTime: inputTime,
            output: &buffer
        )
    }
}

extension PackedConvolution {
    /// Packs and runs once, with scratch full of what an earlier run might have left.
    func answer(
        weights: [Int8],
        bias: [Int32],
        multipliers: [Int32],
        shifts: [Int32],
        input: [Int8],
        inputTime: Int,
        output: inout [Int8]
    ) {
        let packed = pack(
            weights: weights.span,
            bias: bias.span,
            multipliers: multipliers.span,
            shifts: shifts.span
        )
        var scratch = [CacheLine](
            repeating: CacheLine(repeating: 171),
            count: scratchCount
        )
        var outputSpan = output.mutableSpan
        var scratchSpan = scratch.mutableSpan
        run(
            packed: packed.span,
            input: input.span,
            inputTime: inputTime,
            output: &outputSpan,
            scratch: &scratchSpan
        )
    }
}
