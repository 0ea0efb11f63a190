import Glibc
import ModelDescription
import ModelFile

/// A batch normalisation as `factor · x + offset` for each channel.
struct BatchNormAffine {
    let factor: [Float]
    let offset: [Float]

    /// Reads the tensors of a `batchNorm` node.
    init(_ node: Node, epsilon: Double, of model: Model) {
        let scale = model.float32("\(node.name).scale")
        let shift = model.float32("\(node.name).offset")
        let mean = model.float32("\(node.name).mean")
        let variance = model.float32("\(node.name).variance")
        let factors = scale.indices.map { Double(scale[$0]) / sqrt(Double(variance[$0]) + epsilon) }
        factor = factors.map { Float($0) }
        offset = factors.indices.map { Float(Double(shift[$0]) - factors[$0] * Double(mean[$0])) }
    }
}
