import ModelDescription
public import ModelFile

/// Runs a full-precision model and shows the output of every node.
///
/// The oracle of quantisation: the same graphs as the integer engine, in `Float`, without reuse of
/// memory. For tools on a host; the daemon never runs it.
///
/// - Source: `Documentation/ModelFormat.md`, section 4.
public struct FloatNetwork: Sendable {
    /// The model that it runs.
    public let model: Model
    private let inputIndices: [[Int]]
    private let layers: [FloatLayer?]

    /// Prepares the weights of a model.
    ///
    /// - Throws: `notFullPrecision` for an integer model.
    public init(_ model: Model) throws(QuantizationError) {
        guard model.manifest.precision == .float32 else {
            throw .notFullPrecision(model: model.manifest.name)
        }
        self.model = model
        inputIndices = model.manifest.graph.inputIndices
        layers = model.manifest.graph.nodes.map { FloatLayer($0, of: model) }
    }

    /// Computes the outputs of all nodes.
    ///
    /// - Parameter features: normalised features in the Q-format of the model, [frameCount,
    ///   channelCount], as the front end gives them.
    /// - Range: `frameCount` from `minimumFrames` to `maximumFrames`.
    /// - Returns: one activation for each node; the last one holds the logits.
    public func activations(features: [Int16], frameCount: Int) -> [FloatActivation] {
        let input = input(features: features, frameCount: frameCount)
        var outputs: [FloatActivation] = []
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            let inputs = inputIndices[index].map { $0 < 0 ? input : outputs[$0] }
            guard let shape = try? node.outputShape(of: inputs.map(\.shape)) else {
                preconditionFailure("shapes are checked for every number of frames in the range")
            }
            outputs.append(run(node, layers[index], inputs, shape))
        }
        return outputs
    }

    /// Computes the logits with some of the activations changed on the way.
    ///
    /// - Parameters:
    ///   - input: the features in real units.
    ///   - activations: those of the unchanged network; only what follows a change is computed.
    ///   - places: 0 for the features, `index + 1` for the output of a node.
    ///   - change: applied to the activation at each of `places`.
    func logits(
        input: FloatActivation,
        activations: [FloatActivation],
        changing places: Set<Int>,
        by change: (inout FloatActivation) -> Void
    ) -> [Float] {
        var changed: [Int: FloatActivation] = [:]
        if places.contains(0) {
            var features = input
            change(&features)
            changed[0] = features
        }
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            let isBehind = inputIndices[index].contains { changed[$0 + 1] != nil }
            guard isBehind || places.contains(index + 1) else { continue }
            var output = activations[index]
            if isBehind {
                let inputs = inputIndices[index].map {
                    changed[$0 + 1] ?? ($0 < 0 ? input : activations[$0])
                }
                output = run(node, layers[index], inputs, output.shape)
            }
            if places.contains(index + 1) { change(&output) }
            changed[index + 1] = output
        }
        return (changed[activations.count] ?? activations[activations.count - 1]).values
    }

    /// Computes the logits.
    ///
    /// - Parameter features: as for `activations(features:frameCount:)`.
    public func logits(features: [Int16], frameCount: Int) -> [Float] {
        activations(features: features, frameCount: frameCount)[inputIndices.count - 1].values
    }

    /// The features in real units, in the layout of the graph.
    public func input(features: [Int16], frameCount: Int) -> FloatActivation {
        let manifest = model.manifest
        let unit = Float(
            sign: .plus,
            exponent: -manifest.frontEnd.outputFractionBits,
            significand: 1
        )
        return FloatActivation(
            shape: manifest.graph.inputShape(
                frameCount: frameCount,
                channelCount: manifest.frontEnd.channelCount
            ),
            values: features.map { Float($0) * unit }
        )
    }

    private func run(
        _ node: Node,
        _ layer: FloatLayer?,
        _ inputs: [FloatActivation],
        _ shape: TensorShape
    ) -> FloatActivation {
        let input = inputs[0]
        var output = FloatActivation(shape: shape)
        switch node.operation {
        case .conv2d(let spatial, _, let activation):
            layer?.convolve(input, spatial, into: &output)
            output.apply(activation)
        case .depthwiseConv2d(let spatial, let depthMultiplier, let activation):
            layer?.convolveDepthwise(input, spatial, depthMultiplier, into: &output)
            output.apply(activation)
        case .fullyConnected(_, let activation):
            layer?.connect(input, into: &output)
            output.apply(activation)
        case .batchNorm:
            layer?.scale(input, into: &output)
        case .maxPool2d(let spatial, let activation):
            maxPool(input, spatial, into: &output)
            output.apply(activation)
        case .averagePool2d(let spatial, let activation):
            averagePool(input, spatial, into: &output)
            output.apply(activation)
        case .globalMeanPool:
            meanPool(input, deviations: false, into: &output)
        case .meanDeviationPool:
            meanPool(input, deviations: true, into: &output)
        case .add(let activation, _):
            for index in output.values.indices {
                output.values[index] = input.values[index] + inputs[1].values[index]
            }
            output.apply(activation)
        case .concatenate(let axis):
            concatenate(inputs, axis, into: &output)
        case .reshape:
            output.values = input.values
        case .relu:
            output = input
            output.apply(.relu)
        case .relu6:
            output = input
            output.apply(.relu6)
        }
        return output
    }
}
