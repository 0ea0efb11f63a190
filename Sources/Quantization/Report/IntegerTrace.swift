import ModelDescription
import ModelFile
import NeuralKernels

/// Runs an int8 model node by node and keeps the output of every node, for the report.
///
/// The same kernels as `Inference.Network`, which reuses its buffers and so cannot show them; a
/// test holds the logits of both to be equal.
package struct IntegerTrace {
    /// An activation as the engine stores it.
    package struct Activation {
        /// Its extents.
        package let shape: TensorShape
        /// Scale, zero point and clamp limits.
        package let quantization: ActivationQuantization
        /// Stored values.
        package let values: [Int8]

        /// The real values.
        package var reals: [Double] {
            values.map { quantization.scale * Double(Int32($0) - quantization.zeroPoint) }
        }
    }

    private let model: Model
    private let inputIndices: [[Int]]

    /// Takes an int8 model.
    package init(_ model: Model) {
        precondition(model.manifest.precision == .int8, "traces are of integer models")
        self.model = model
        inputIndices = model.manifest.graph.inputIndices
    }

    /// Computes the stored input and the outputs of all nodes.
    ///
    /// - Parameter features: normalised, in the Q-format of the model, [frameCount, channelCount].
    package func run(features: [Int16], frameCount: Int) -> (Activation, [Activation]) {
        let input = quantized(features, frameCount)
        var outputs: [Activation] = []
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            let inputs = inputIndices[index].map { $0 < 0 ? input : outputs[$0] }
            guard let shape = try? node.outputShape(of: inputs.map(\.shape)),
                let quantization = node.output
            else { preconditionFailure("validated models have shapes and quantisation") }
            var values = [Int8](repeating: 0, count: shape.count)
            var span = values.mutableSpan
            run(node, inputs, shape, quantization, into: &span)
            outputs.append(Activation(shape: shape, quantization: quantization, values: values))
        }
        return (input, outputs)
    }

    private func quantized(_ features: [Int16], _ frameCount: Int) -> Activation {
        let manifest = model.manifest
        guard let input = manifest.graph.input else {
            preconditionFailure("validated int8 models quantise their input")
        }
        var values = [Int8](repeating: 0, count: features.count)
        var span = values.mutableSpan
        inputQuantization(
            features: features.span,
            factor: QuantizedMultiplier(input.requantization),
            output: &span,
            quantization: OutputQuantization(zeroPoint: input.zeroPoint)
        )
        return Activation(
            shape: manifest.graph.inputShape(
                frameCount: frameCount,
                channelCount: manifest.frontEnd.channelCount
            ),
            quantization: ActivationQuantization(scale: input.scale, zeroPoint: input.zeroPoint),
            values: values
        )
    }

    private func run(
        _ node: Node,
        _ inputs: [Activation],
        _ shape: TensorShape,
        _ stored: ActivationQuantization,
        into output: inout MutableSpan<Int8>
    ) {
        let input = inputs[0]
        let zeroPoint = input.quantization.zeroPoint
        let quantization = OutputQuantization(
            zeroPoint: stored.zeroPoint,
            minimum: stored.minimum,
            maximum: stored.maximum
        )
        switch node.operation {
        case .conv2d, .depthwiseConv2d, .fullyConnected:
            runLayer(node, input, shape, quantization, into: &output)
        case .maxPool2d(let spatial, _):
            maximumPool2D(
                input: input.values.span,
                inputShape: ActivationShape(input.shape),
                window: SlidingWindow(spatial),
                output: &output,
                outputShape: ActivationShape(shape),
                quantization: quantization
            )
        case .averagePool2d(let spatial, _):
            var accumulators = [Int32](repeating: 0, count: shape.channels)
            var accumulatorSpan = accumulators.mutableSpan
            averagePool2D(
                input: input.values.span,
                inputShape: ActivationShape(input.shape),
                window: SlidingWindow(spatial),
                output: &output,
                outputShape: ActivationShape(shape),
                quantization: quantization,
                accumulators: &accumulatorSpan
            )
        case .globalMeanPool(_, .some(let scale)):
            globalMeanPool(
                input: input.values.span,
                count: input.shape.count / (shape.frequency * input.shape.channels),
                inputZeroPoint: zeroPoint,
                factor: QuantizedMultiplier(scale),
                output: &output,
                quantization: quantization
            )
        case .meanDeviationPool(_, .some(let scales)):
            meanDeviationPool(
                input: input.values.span,
                count: input.shape.count / (shape.frequency * input.shape.channels),
                channels: input.shape.channels,
                inputZeroPoint: zeroPoint,
                meanFactor: QuantizedMultiplier(scales.mean),
                deviationFactor: QuantizedMultiplier(scales.deviation),
                output: &output,
                quantization: quantization
            )
        case .add(_, .some(let scales)):
            let second = inputs[1]
            addition(
                first: input.values.span,
                second: second.values.span,
                parameters: AdditionQuantization(
                    firstZeroPoint: zeroPoint,
                    firstFactor: QuantizedMultiplier(scales.first),
                    secondZeroPoint: second.quantization.zeroPoint,
                    secondFactor: QuantizedMultiplier(scales.second),
                    outputFactor: QuantizedMultiplier(scales.output)
                ),
                output: &output,
                quantization: quantization
            )
        case .concatenate(let axis):
            joinInputs(inputs, axis, shape, into: &output)
        case .relu(.some(let scale)), .relu6(.some(let scale)):
            rectifiedLinear(
                input: input.values.span,
                inputZeroPoint: zeroPoint,
                factor: QuantizedMultiplier(scale),
                output: &output,
                quantization: quantization
            )
        case .batchNorm, .globalMeanPool, .meanDeviationPool, .add, .relu, .relu6:
            preconditionFailure("validated int8 models have factors and no batchNorm")
        }
    }

    private func joinInputs(
        _ inputs: [Activation],
        _ axis: Operation.Axis,
        _ shape: TensorShape,
        into output: inout MutableSpan<Int8>
    ) {
        var offset = 0
        for input in inputs {
            let rows = axis == .frequency ? shape.time : shape.time * shape.frequency
            concatenation(
                input: input.values.span,
                rows: rows,
                output: &output,
                outputWidth: shape.count / rows,
                offset: offset
            )
            offset += input.shape.count / rows
        }
    }

    private func runLayer(
        _ node: Node,
        _ input: Activation,
        _ shape: TensorShape,
        _ quantization: OutputQuantization,
        into output: inout MutableSpan<Int8>
    ) {
        let weights = model.int8("\(node.name).weight")
        let bias = model.int32("\(node.name).bias")
        let multipliers = model.int32("\(node.name).multiplier")
        let shifts = model.int32("\(node.name).shift")
        switch node.operation {
        case .conv2d(let spatial, _, _):
            let window = SlidingWindow(spatial)
            let count = convolution2DPatchCount(
                window: window,
                inputChannels: input.shape.channels
            )
            var patches = [Int16](repeating: 0, count: count)
            var patchSpan = patches.mutableSpan
            convolution2D(
                input: input.values.span,
                inputShape: ActivationShape(input.shape),
                inputZeroPoint: input.quantization.zeroPoint,
                window: window,
                weights: weights.span,
                bias: bias.span,
                multipliers: multipliers.span,
                shifts: shifts.span,
                output: &output,
                outputShape: ActivationShape(shape),
                quantization: quantization,
                patches: &patchSpan
            )
        case .depthwiseConv2d(let spatial, _, _):
            var accumulators = [Int32](repeating: 0, count: shape.channels)
            var accumulatorSpan = accumulators.mutableSpan
            depthwiseConvolution2D(
                input: input.values.span,
                inputShape: ActivationShape(input.shape),
                inputZeroPoint: input.quantization.zeroPoint,
                window: SlidingWindow(spatial),
                weights: weights.span,
                bias: bias.span,
                multipliers: multipliers.span,
                shifts: shifts.span,
                output: &output,
                outputShape: ActivationShape(shape),
                quantization: quantization,
                accumulators: &accumulatorSpan
            )
        default:
            fullyConnected(
                input: input.values.span,
                inputZeroPoint: input.quantization.zeroPoint,
                weights: weights.span,
                bias: bias.span,
                multipliers: multipliers.span,
                shifts: shifts.span,
                output: &output,
                quantization: quantization
            )
        }
    }
}

extension QuantizedMultiplier {
    fileprivate init(_ scale: FixedPointScale) {
        self.init(multiplier: scale.multiplier, shift: scale.shift)
    }
}

extension ActivationShape {
    fileprivate init(_ shape: TensorShape) {
        self.init(time: shape.time, frequency: shape.frequency, channels: shape.channels)
    }
}

extension SlidingWindow {
    fileprivate init(_ spatial: Operation.Spatial) {
        self.init(
            time: SlidingAxis(
                kernel: spatial.kernel.time,
                stride: spatial.stride.time,
                dilation: spatial.dilation.time,
                paddingBefore: spatial.padding.timeBefore,
                paddingAfter: spatial.padding.timeAfter
            ),
            frequency: SlidingAxis(
                kernel: spatial.kernel.frequency,
                stride: spatial.stride.frequency,
                dilation: spatial.dilation.frequency,
                paddingBefore: spatial.padding.frequencyBefore,
                paddingAfter: spatial.padding.frequencyAfter
            )
        )
    }
}
