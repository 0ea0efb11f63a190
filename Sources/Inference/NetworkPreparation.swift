import AcceleratedKernels
import ModelDescription
import ModelFile
import NeuralKernels

/// Turns a model's graph into steps over contiguous tensors.
struct NetworkPreparation {
    let model: Model
    let kernels: KernelVariant
    let plan: MemoryPlan
    let input: Step.Operand
    let inputFactor: QuantizedMultiplier
    private(set) var steps: [Step] = []
    private(set) var weights: [Int8] = []
    private(set) var bias: [Int32] = []
    private(set) var multipliers: [Int32] = []
    private(set) var shifts: [Int32] = []
    private(set) var packed: [CacheLine] = []
    private(set) var patchCount = 0
    private(set) var accumulatorCount = 0
    private(set) var packedScratchCount = 0

    /// Shapes at the greatest number of frames, and the values each node reads, features first.
    private let shapes: [TensorShape]
    private let reads: [[Int]]

    init(
        model: Model,
        keepsActivations: Bool,
        kernels: KernelVariant
    ) throws(InferenceError) {
        self.model = model
        self.kernels = kernels
        let manifest = model.manifest
        let graph = manifest.graph
        guard let quantization = graph.input else {
            throw .missingQuantization(node: Graph.inputName)
        }
        let inputIndices = graph.inputIndices
        let channelCount = manifest.frontEnd.channelCount
        do {
            shapes =
                [graph.inputShape(frameCount: manifest.maximumFrames, channelCount: channelCount)]
                + (try graph.shapes(
                    frameCount: manifest.maximumFrames,
                    channelCount: channelCount,
                    inputIndices: inputIndices
                ))
        } catch {
            throw .graph(error)
        }
        reads = inputIndices.map { $0.map { $0 + 1 } }
        // The logits have a buffer of their own.
        plan = MemoryPlan(
            counts: shapes.dropLast().map(\.count),
            reads: reads.dropLast(),
            isSharing: !keepsActivations
        )
        input = Step.Operand(
            slot: plan.slots[0],
            zeroPoint: quantization.zeroPoint,
            frequency: shapes[0].frequency,
            channels: shapes[0].channels
        )
        inputFactor = QuantizedMultiplier(quantization.requantization)
    }

    /// Appends the steps of all nodes in order.
    mutating func appendSteps() throws(InferenceError) {
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            try appendSteps(of: node, at: index)
        }
    }

    private mutating func appendSteps(of node: Node, at index: Int) throws(InferenceError) {
        let source = reads[index][0]
        let input = try operand(source)
        let output = try operand(index + 1)
        guard let stored = node.output else { throw .missingQuantization(node: node.name) }
        let quantization = OutputQuantization(
            zeroPoint: stored.zeroPoint,
            minimum: stored.minimum,
            maximum: stored.maximum
        )
        func step(_ kernel: Step.Kernel, _ input: Step.Operand) -> Step {
            Step(
                node: index,
                kernel: kernel,
                input: input,
                output: output,
                quantization: quantization
            )
        }
        func packedKernel(_ window: SlidingWindow, isDepthwise: Bool) -> Step.Kernel {
            let convolution = PackedConvolution(
                variant: kernels,
                window: window,
                maximumTime: shapes[source].time,
                inputFrequency: input.frequency,
                inputChannels: input.channels,
                outputChannels: output.channels,
                isDepthwise: isDepthwise,
                inputZeroPoint: input.zeroPoint,
                quantization: quantization
            )
            return .packedConvolution(convolution, packed: appendPacked(convolution, node))
        }

        switch node.operation {
        case .conv2d(let spatial, _, _):
            let window = SlidingWindow(spatial)
            if kernels.isReference {
                patchCount = max(
                    patchCount,
                    convolution2DPatchCount(window: window, inputChannels: input.channels)
                )
                steps.append(step(.convolution2D(window, appendTensors(of: node)), input))
            } else {
                steps.append(step(packedKernel(window, isDepthwise: false), input))
            }
        case .depthwiseConv2d(let spatial, _, _):
            let window = SlidingWindow(spatial)
            if !kernels.isReference,
                PackedConvolution.packsDepthwise(window, input.channels, output.channels)
            {
                steps.append(step(packedKernel(window, isDepthwise: true), input))
            } else {
                accumulatorCount = max(accumulatorCount, output.channels)
                let kernel = Step.Kernel.depthwiseConvolution2D(window, appendTensors(of: node))
                steps.append(step(kernel, input))
            }
        case .fullyConnected:
            if kernels.isReference {
                steps.append(step(.fullyConnected(appendTensors(of: node)), input))
            } else {
                let convolution = PackedConvolution(
                    variant: kernels,
                    fullyConnectedDepth: shapes[source].count,
                    outputChannels: output.channels,
                    inputZeroPoint: input.zeroPoint,
                    quantization: quantization
                )
                let range = appendPacked(convolution, node)
                steps.append(step(.packedFullyConnected(convolution, packed: range), input))
            }
        case .maxPool2d(let spatial, _):
            steps.append(step(.maximumPool2D(SlidingWindow(spatial)), input))
        case .averagePool2d(let spatial, _):
            accumulatorCount = max(accumulatorCount, output.channels)
            steps.append(step(.averagePool2D(SlidingWindow(spatial)), input))
        case .globalMeanPool(let axes, .some(let scale)):
            let kernel = Step.Kernel.globalMeanPool(
                Step.Reduction(axes),
                QuantizedMultiplier(scale)
            )
            steps.append(step(kernel, input))
        case .meanDeviationPool(let axes, .some(let scales)):
            let kernel = Step.Kernel.meanDeviationPool(
                Step.Reduction(axes),
                mean: QuantizedMultiplier(scales.mean),
                deviation: QuantizedMultiplier(scales.deviation)
            )
            steps.append(step(kernel, input))
        case .add(_, .some(let scales)):
            let second = try operand(reads[index][1])
            let parameters = AdditionQuantization(
                firstZeroPoint: input.zeroPoint,
                firstFactor: QuantizedMultiplier(scales.first),
                secondZeroPoint: second.zeroPoint,
                secondFactor: QuantizedMultiplier(scales.second),
                outputFactor: QuantizedMultiplier(scales.output)
            )
            steps.append(step(.addition(parameters, secondSlot: second.slot), input))
        case .concatenate(let axis):
            var offset = 0
            for value in reads[index] {
                let part = try operand(value)
                switch axis {
                case .frequency:
                    steps.append(step(.concatenateFrequencies(offset: offset), part))
                    offset += part.frequency * part.channels
                case .channels:
                    steps.append(step(.concatenateChannels(offset: offset), part))
                    offset += part.channels
                }
            }
        case .reshape:
            // Nothing moves in memory: joining one input alone copies its frames as they are.
            steps.append(step(.concatenateFrequencies(offset: 0), input))
        case .relu(.some(let scale)), .relu6(.some(let scale)):
            steps.append(step(.rectifiedLinear(QuantizedMultiplier(scale)), input))
        case .globalMeanPool, .meanDeviationPool, .add, .relu, .relu6, .batchNorm:
            throw .missingQuantization(node: node.name)
        }
    }

    /// The activation of a value: 0 is the features, `n + 1` the output of node `n`.
    private func operand(_ value: Int) throws(InferenceError) -> Step.Operand {
        if value == 0 { return input }
        let node = model.manifest.graph.nodes[value - 1]
        guard let output = node.output else { throw .missingQuantization(node: node.name) }
        let isLast = value == shapes.count - 1
        return Step.Operand(
            slot: isLast ? Step.logitSlot : plan.slots[value],
            zeroPoint: output.zeroPoint,
            frequency: shapes[value].frequency,
            channels: shapes[value].channels
        )
    }

    /// Packs the tensors of a node and sees to its scratch; returns its part of `packed`.
    private mutating func appendPacked(
        _ convolution: PackedConvolution,
        _ node: Node
    ) -> Range<Int> {
        let first = packed.count
        packed += convolution.pack(
            weights: model.int8("\(node.name).weight").span,
            bias: model.int32("\(node.name).bias").span,
            multipliers: model.int32("\(node.name).multiplier").span,
            shifts: model.int32("\(node.name).shift").span
        )
        packedScratchCount = max(packedScratchCount, convolution.scratchCount)
        return first..<packed.count
    }

    private mutating func appendTensors(of node: Node) -> Step.Tensors {
        let firstWeight = weights.count
        let firstChannel = bias.count
        weights += model.int8("\(node.name).weight")
        bias += model.int32("\(node.name).bias")
        multipliers += model.int32("\(node.name).multiplier")
        shifts += model.int32("\(node.name).shift")
        return Step.Tensors(
            weights: firstWeight..<weights.count,
            channels: firstChannel..<bias.count
        )
    }
}

extension Step.Reduction {
    fileprivate init(_ axes: Operation.Axes) {
        switch axes {
        case .time: self = .time
        case .timeAndFrequency: self = .timeAndFrequency
        }
    }
}

extension QuantizedMultiplier {
    fileprivate init(_ scale: FixedPointScale) {
        self.init(multiplier: scale.multiplier, shift: scale.shift)
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
