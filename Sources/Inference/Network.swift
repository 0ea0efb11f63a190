public import AcceleratedKernels
import ModelDescription
public import ModelFile
import NeuralKernels

/// An int8 network, prepared once and never changed.
///
/// Weights live here and scratch in a `Workspace`, so one network serves any number of workspaces.
public struct Network: Sendable {
    /// Channels of a frame of features.
    public let channelCount: Int
    /// Fewest frames of one run.
    public let minimumFrames: Int
    /// Most frames of one run.
    public let maximumFrames: Int
    /// Number of logits.
    public let logitCount: Int

    let graph: Graph
    let input: Step.Operand
    let inputFactor: QuantizedMultiplier
    let inputQuantization: OutputQuantization
    let steps: [Step]
    let weights: [Int8]
    let bias: [Int32]
    let multipliers: [Int32]
    let shifts: [Int32]
    let packed: [CacheLine]
    let slotCounts: [Int]
    /// Whether a workspace holds every activation after a run.
    let keepsActivations: Bool
    let patchCount: Int
    let accumulatorCount: Int
    let packedScratchCount: Int

    /// The kernels that the network runs with; all of them give the same bytes.
    public let kernels: KernelVariant

    /// Prepares the network of a model for its greatest number of frames.
    ///
    /// - Parameter kernels: the variant to run with, for tests and measurements.
    /// - Parameter keepingActivations: true lets tools read every activation after a run, at the
    ///   price of memory.
    /// - Throws: `notInteger` for a full-precision model; `graph` and `missingQuantization` for a
    ///   manifest that has not passed the checks of `ModelFile`.
    public init(
        preparing model: Model,
        keepingActivations: Bool = false,
        kernels: KernelVariant = .fastest
    ) throws(InferenceError) {
        let manifest = model.manifest
        guard manifest.precision == .int8 else { throw .notInteger(manifest.precision) }
        var preparation = try NetworkPreparation(
            model: model,
            keepsActivations: keepingActivations,
            kernels: kernels
        )
        try preparation.appendSteps()
        channelCount = manifest.frontEnd.channelCount
        minimumFrames = manifest.decision.minimumFrames
        maximumFrames = manifest.maximumFrames
        logitCount = manifest.labels.count
        graph = manifest.graph
        input = preparation.input
        inputFactor = preparation.inputFactor
        inputQuantization = OutputQuantization(zeroPoint: preparation.input.zeroPoint)
        steps = preparation.steps
        weights = preparation.weights
        bias = preparation.bias
        multipliers = preparation.multipliers
        shifts = preparation.shifts
        packed = preparation.packed
        slotCounts = preparation.plan.slotCounts
        keepsActivations = keepingActivations
        patchCount = preparation.patchCount
        accumulatorCount = preparation.accumulatorCount
        packedScratchCount = preparation.packedScratchCount
        self.kernels = kernels
    }

    /// Bytes of all activations of a workspace, after sharing.
    public var activationBytes: Int { slotCounts.reduce(logitCount, +) }

    /// Multiply-accumulates of one run.
    ///
    /// - Range: `minimumFrames <= frameCount <= maximumFrames`.
    public func multiplyAccumulates(frameCount: Int) -> Int {
        precondition(frameCount >= minimumFrames && frameCount <= maximumFrames)
        let features = graph.inputShape(frameCount: frameCount, channelCount: channelCount)
        var shapes: [TensorShape] = []
        var total = 0
        for (node, indices) in zip(graph.nodes, graph.inputIndices) {
            let inputs = indices.map { $0 < 0 ? features : shapes[$0] }
            guard let output = try? node.outputShape(of: inputs) else {
                preconditionFailure("validation tries every number of frames")
            }
            total += node.multiplyAccumulates(inputs: inputs, output: output)
            shapes.append(output)
        }
        return total
    }
}
