import AcceleratedKernels
import Inference
import ModelDescription
import ModelFile

/// One window of the network by every variant, its nodes, and runs of other lengths.
func networkMeasurements(model: Model) throws -> [Measurement] {
    let frames = model.manifest.decision.windowFrames
    var all: [Measurement] = []
    for kernels in KernelVariant.available {
        all.append(try window("network/\(kernels.name)", model, frames, kernels))
    }
    let longest = model.manifest.maximumFrames
    for part in 1...4 {
        let count = max(model.manifest.decision.minimumFrames, longest * part / 4)
        all.append(try window("network-length/\(count)-frames", model, count, .fastest))
    }
    return all + (try nodes(model, frames))
}

private func features(_ count: Int) -> [Int16] {
    (0..<count).map { Int16(truncatingIfNeeded: $0 &* 7919) / 16 }
}

private func window(
    _ name: String,
    _ model: Model,
    _ frames: Int,
    _ kernels: KernelVariant
) throws -> Measurement {
    let network = try Network(preparing: model, kernels: kernels)
    var workspace = Workspace(for: network)
    let features = features(frames * network.channelCount)
    return Measurement(
        name,
        unit: "window",
        multiplyAccumulates: network.multiplyAccumulates(frameCount: frames)
    ) {
        network.run(features: features.span, frameCount: frames, workspace: &workspace)
        return 1
    }
}

private func nodes(_ model: Model, _ frames: Int) throws -> [Measurement] {
    let network = try Network(preparing: model, keepingActivations: true)
    let features = features(frames * network.channelCount)
    return model.manifest.graph.nodes.enumerated().map { index, node in
        var workspace = Workspace(for: network)
        network.run(features: features.span, frameCount: frames, workspace: &workspace)
        return Measurement("node/\(index)-\(node.operation.name)-\(node.name)", unit: "run") {
            network.runAgain(node: index, workspace: &workspace)
            return 1
        }
    }
}
