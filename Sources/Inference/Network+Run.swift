import AcceleratedKernels
import NeuralKernels

extension Network {
    /// Classifies frames of features; the answer is `workspace.logits`.
    ///
    /// Cannot fail and allocates nothing.
    ///
    /// - Shape: `features` [frameCount, channelCount].
    /// - Format: normalised Int16 in the Q-format of the model's front end.
    /// - Range: `minimumFrames <= frameCount <= maximumFrames`.
    /// - Parameter workspace: made for this network.
    public func run(features: Span<Int16>, frameCount: Int, workspace: inout Workspace) {
        precondition(frameCount >= minimumFrames && frameCount <= maximumFrames)
        precondition(features.count == frameCount * channelCount)
        precondition(workspace.slots.count == slotCounts.count)

        var quantized = workspace.slots[input.slot].mutableSpan
        kernels.inputQuantization(
            features: features,
            factor: inputFactor,
            output: &quantized,
            quantization: inputQuantization
        )
        workspace.times[input.slot] = frameCount

        for step in steps.indices { run(steps[step], workspace: &workspace) }
    }

    /// Runs one node on the activations of the last run, for measurements.
    ///
    /// - Precondition: The network was prepared to keep its activations.
    public func runAgain(node: Int, workspace: inout Workspace) {
        precondition(keepsActivations)
        for step in steps.indices where steps[step].node == node {
            run(steps[step], workspace: &workspace)
        }
    }

    /// Runs one step: its buffers leave the workspace meanwhile, so that reading the input and
    /// writing the output are accesses to different arrays.
    private func run(_ step: Step, workspace: inout Workspace) {
        let inputTime = workspace.times[step.input.slot]
        let outputTime = step.outputTime(inputTime: inputTime)
        var input: [Int8] = []
        var output: [Int8] = []
        swap(&input, &workspace.slots[step.input.slot])
        if step.output.slot == Step.logitSlot {
            swap(&output, &workspace.logits)
            execute(step, inputTime, outputTime, input, &output, &workspace)
            swap(&output, &workspace.logits)
        } else {
            swap(&output, &workspace.slots[step.output.slot])
            execute(step, inputTime, outputTime, input, &output, &workspace)
            swap(&output, &workspace.slots[step.output.slot])
            workspace.times[step.output.slot] = outputTime
        }
        swap(&input, &workspace.slots[step.input.slot])
    }

    private func execute(
        _ step: Step,
        _ inputTime: Int,
        _ outputTime: Int,
        _ inputBuffer: borrowing [Int8],
        _ outputBuffer: inout [Int8],
        _ workspace: inout Workspace
    ) {
        let inputShape = step.input.shape(time: inputTime)
        let outputShape = step.output.shape(time: outputTime)
        let input = inputBuffer.span.extracting(0..<inputShape.elementCount)
        var output = outputBuffer.mutableSpan

        switch step.kernel {
        case .convolution2D(let window, let tensors):
            var patches = workspace.patches.mutableSpan
            NeuralKernels.convolution2D(
                input: input,
                inputShape: inputShape,
                inputZeroPoint: step.input.zeroPoint,
                window: window,
                weights: weights.span.extracting(tensors.weights),
                bias: bias.span.extracting(tensors.channels),
                multipliers: multipliers.span.extracting(tensors.channels),
                shifts: shifts.span.extracting(tensors.channels),
                output: &output,
                outputShape: outputShape,
                quantization: step.quantization,
                patches: &patches
            )
        case .depthwiseConvolution2D(let window, let tensors):
            var accumulators = workspace.accumulators.mutableSpan
            NeuralKernels.depthwiseConvolution2D(
                input: input,
                inputShape: inputShape,
                inputZeroPoint: step.input.zeroPoint,
                window: window,
                weights: weights.span.extracting(tensors.weights),
                bias: bias.span.extracting(tensors.channels),
                multipliers: multipliers.span.extracting(tensors.channels),
                shifts: shifts.span.extracting(tensors.channels),
                output: &output,
                outputShape: outputShape,
                quantization: step.quantization,
                accumulators: &accumulators
            )
        case .fullyConnected(let tensors):
            NeuralKernels.fullyConnected(
                input: input,
                inputZeroPoint: step.input.zeroPoint,
                weights: weights.span.extracting(tensors.weights),
                bias: bias.span.extracting(tensors.channels),
                multipliers: multipliers.span.extracting(tensors.channels),
                shifts: shifts.span.extracting(tensors.channels),
                output: &output,
                quantization: step.quantization
            )
        case .packedConvolution(let convolution, let range):
            var scratch = workspace.packedScratch.mutableSpan
            convolution.run(
                packed: packed.span.extracting(range),
                input: input,
                inputTime: inputTime,
                output: &output,
                scratch: &scratch
            )
        case .packedFullyConnected(let convolution, let range):
            var scratch = workspace.packedScratch.mutableSpan
            convolution.run(
                packed: packed.span.extracting(range),
                input: input,
                inputTime: 1,
                output: &output,
                scratch: &scratch
            )
        case .maximumPool2D(let window):
            NeuralKernels.maximumPool2D(
                input: input,
                inputShape: inputShape,
                window: window,
                output: &output,
                outputShape: outputShape,
                quantization: step.quantization
            )
        case .averagePool2D(let window):
            var accumulators = workspace.accumulators.mutableSpan
            NeuralKernels.averagePool2D(
                input: input,
                inputShape: inputShape,
                window: window,
                output: &output,
                outputShape: outputShape,
                quantization: step.quantization,
                accumulators: &accumulators
            )
        case .globalMeanPool(let reduction, let factor):
            NeuralKernels.globalMeanPool(
                input: input,
                count: reduction.count(inputShape),
                inputZeroPoint: step.input.zeroPoint,
                factor: factor,
                output: &output,
                quantization: step.quantization
            )
        case .meanDeviationPool(let reduction, let mean, let deviation):
            NeuralKernels.meanDeviationPool(
                input: input,
                count: reduction.count(inputShape),
                channels: inputShape.channels,
                inputZeroPoint: step.input.zeroPoint,
                meanFactor: mean,
                deviationFactor: deviation,
                output: &output,
                quantization: step.quantization
            )
        case .addition(let parameters, let secondSlot):
            if secondSlot == step.input.slot {
                kernels.addition(
                    first: input,
                    second: input,
                    parameters: parameters,
                    output: &output,
                    quantization: step.quantization
                )
            } else {
                var second: [Int8] = []
                swap(&second, &workspace.slots[secondSlot])
                kernels.addition(
                    first: input,
                    second: second.span.extracting(0..<input.count),
                    parameters: parameters,
                    output: &output,
                    quantization: step.quantization
                )
                swap(&second, &workspace.slots[secondSlot])
            }
        case .concatenateFrequencies(let offset):
            NeuralKernels.concatenation(
                input: input,
                rows: inputTime,
                output: &output,
                outputWidth: outputShape.frequency &* outputShape.channels,
                offset: offset
            )
        case .concatenateChannels(let offset):
            NeuralKernels.concatenation(
                input: input,
                rows: inputShape.cellCount,
                output: &output,
                outputWidth: outputShape.channels,
                offset: offset
            )
        case .rectifiedLinear(let factor):
            NeuralKernels.rectifiedLinear(
                input: input,
                inputZeroPoint: step.input.zeroPoint,
                factor: factor,
                output: &output,
                quantization: step.quantization
            )
        }
    }
}

extension Step.Reduction {
    /// Cells that fall into one output.
    fileprivate func count(_ shape: ActivationShape) -> Int {
        switch self {
        case .time: shape.time
        case .timeAndFrequency: shape.cellCount
        }
    }
}
