import Inference
import ModelDescription
import ModelFile

/// Runs an int8 model as the device does and keeps the output of every node, for the report.
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

    private let manifest: ModelManifest
    private let network: Network
    private let inputIndices: [[Int]]

    /// Takes an int8 model.
    package init(_ model: Model) {
        guard let network = try? Network(preparing: model, keepingActivations: true) else {
            preconditionFailure("a validated int8 model can be prepared")
        }
        self.network = network
        manifest = model.manifest
        inputIndices = manifest.graph.inputIndices
    }

    /// Computes the stored input and the outputs of all nodes.
    ///
    /// - Parameter features: normalised, in the Q-format of the model, [frameCount, channelCount].
    package func run(features: [Int16], frameCount: Int) -> (Activation, [Activation]) {
        let graph = manifest.graph
        let channelCount = manifest.frontEnd.channelCount
        guard let input = graph.input,
            let shapes = try? graph.shapes(
                frameCount: frameCount,
                channelCount: channelCount,
                inputIndices: inputIndices
            )
        else { preconditionFailure("validated int8 models have shapes and quantise their input") }
        var workspace = Workspace(for: network)
        network.run(features: features.span, frameCount: frameCount, workspace: &workspace)

        func activation(
            _ value: Int,
            _ shape: TensorShape,
            _ quantization: ActivationQuantization
        ) -> Activation {
            Activation(
                shape: shape,
                quantization: quantization,
                values: Array(workspace.activation(value).prefix(shape.count))
            )
        }
        let outputs = zip(graph.nodes, shapes).enumerated().map { index, pair in
            guard let quantization = pair.0.output else {
                preconditionFailure("validated int8 models quantise every node")
            }
            return activation(index + 1, pair.1, quantization)
        }
        let stored = activation(
            0,
            graph.inputShape(frameCount: frameCount, channelCount: channelCount),
            ActivationQuantization(scale: input.scale, zeroPoint: input.zeroPoint)
        )
        return (stored, outputs)
    }
}
