import ModelDescription
import ModelFile

/// Removes the mean error of every output channel, layer by layer.
///
/// Rounding of weights and inputs shifts the mean of a channel; its bias takes the shift back. Each
/// layer is measured behind corrected ones. A shift in front of a ReLU reaches only the values
/// above it, so it is divided by their share.
///
/// - Source: Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction
///   (2019), section 4.2, with measured means.
struct BiasCorrection {
    /// Channels that are active less often than this keep their bias: what is measured is noise.
    private static let leastActiveShare = 0.05

    private let clips: [CalibrationClip]
    /// For each node.
    private let expected: [ChannelMeans]

    /// Measures the full-precision network.
    init(against reference: FloatNetwork, clips: [CalibrationClip]) {
        let nodes = reference.model.manifest.graph.nodes
        var expected: [ChannelMeans] = []
        for clip in clips {
            let activations = reference.activations(
                features: clip.features,
                frameCount: clip.frameCount
            )
            if expected.isEmpty {
                expected = activations.map { ChannelMeans(channelCount: $0.shape.channels) }
            }
            for (index, activation) in activations.enumerated() {
                expected[index].add(
                    activation.values.map(Double.init),
                    behind: nodes[index].operation.activation
                )
            }
        }
        self.clips = clips
        self.expected = expected
    }

    /// The model with corrected biases; the same model without clips.
    ///
    /// - Throws: `rejected` if a bias leaves the limits of the format.
    func corrected(_ model: Model) throws(QuantizationError) -> Model {
        guard !clips.isEmpty else { return model }
        var model = model
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            guard let output = node.output,
                case .int32(var biases) = model.tensors["\(node.name).bias"]?.elements
            else { continue }
            let multipliers = model.int32("\(node.name).multiplier")
            let shifts = model.int32("\(node.name).shift")
            let found = means(of: index, in: model)
            for channel in biases.indices {
                let factor = FixedPointScale(
                    multiplier: multipliers[channel],
                    shift: shifts[channel]
                )
                let share = expected[index].activeShare(channel)
                guard factor.real > 0, share >= Self.leastActiveShare else { continue }
                let error = (found.mean(channel) - expected[index].mean(channel)) / share
                let steps = (error / output.scale / factor.real).rounded()
                biases[channel] -= Int32(steps)
            }
            model = try model.replacingBias(of: node, biases)
        }
        return model
    }

    private func means(of index: Int, in model: Model) -> ChannelMeans {
        let node = model.manifest.graph.nodes[index]
        let trace = IntegerTrace(model)
        var means = ChannelMeans(channelCount: model.int32("\(node.name).bias").count)
        for clip in clips {
            let (_, found) = trace.run(features: clip.features, frameCount: clip.frameCount)
            means.add(found[index].reals, behind: node.operation.activation)
        }
        return means
    }
}

extension Model {
    /// The same model with other biases of one node.
    ///
    /// - Throws: `rejected` if a bias leaves the limits of the format.
    func replacingBias(of node: Node, _ biases: [Int32]) throws(QuantizationError) -> Model {
        var tensors = tensors
        tensors["\(node.name).bias"] = Tensor(shape: [biases.count], .int32(biases))
        do {
            return try Model(
                manifest: manifest,
                frontEndTables: frontEndTables,
                tensors: tensors
            )
        } catch {
            throw .rejected(error)
        }
    }
}
