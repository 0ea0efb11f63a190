import AcceleratedKernels
import Foundation
import Inference
import JSONText
import ModelDescription
import ModelFile
import TestSupport
import Testing

/// Whole random networks against the NumPy model of the operators, bit for bit.
///
/// `Tests/Conformance/README.md` tells how to write fresh ones and to point
/// `AFFECT_NETWORK_VECTORS` to their file.
@Suite struct NetworkVectorTests {
    @Test(arguments: KernelVariant.available)
    func answersLikeTheReference(_ kernels: KernelVariant) throws {
        let committed = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/neural/networks.json")
        let path = ProcessInfo.processInfo.environment["AFFECT_NETWORK_VECTORS"]
        let bytes = [UInt8](try Data(contentsOf: path.map { URL(filePath: $0) } ?? committed))
        let limits = JSONReader.Limits(bytes: 1 << 30, depth: 16, values: 1 << 28)
        let root = JSONCursor(try JSONReader.read(bytes, limits: limits))
        let frames = try (
            root.member("minimumFrames").integer(1...2048),
            root.member("maximumFrames").integer(1...2048)
        )
        for network in try root.member("networks").elements(count: 1...100_000) {
            try check(network, kernels, minimumFrames: frames.0, maximumFrames: frames.1)
        }
    }

    private func check(
        _ vector: JSONCursor,
        _ kernels: KernelVariant,
        minimumFrames: Int,
        maximumFrames: Int
    ) throws {
        let model = try Self.model(
            vector,
            minimumFrames: minimumFrames,
            maximumFrames: maximumFrames
        )
        let network = try Network(preparing: model, kernels: kernels)
        var workspace = Workspace(for: network)
        for run in try vector.member("runs").elements(count: 1...1000) {
            let features: [Int16] = try integers(run.member("features"))
            let expected: [Int8] = try integers(run.member("logits"))
            network.run(
                features: features.span,
                frameCount: try run.member("frameCount").integer(1...2048),
                workspace: &workspace
            )
            #expect(workspace.logits == expected, "\(kernels.name), \(run.path)")
        }
    }

    /// Puts the manifest and the front end of the sample model around a graph.
    private static func model(
        _ vector: JSONCursor,
        minimumFrames: Int,
        maximumFrames: Int
    ) throws -> Model {
        let sample = try SampleModel.int8()
        var manifest = sample.manifest
        let labelCount = try vector.member("labels").integer(2...16)
        manifest.labels = (0..<labelCount).map { "label-\($0)" }
        manifest.decision.minimumFrames = minimumFrames
        manifest.decision.windowFrames = maximumFrames
        manifest.decision.maximumUtteranceFrames = maximumFrames
        manifest.graph = try Graph(decoding: vector.member("graph"), precision: .int8)
        var tensors: [String: Tensor] = [:]
        for member in try vector.member("tensors").object().members {
            let cursor = JSONCursor(member.value, path: member.key)
            let shape: [Int] = try integers(cursor.member("shape"))
            tensors[member.key] = Tensor(
                shape: shape,
                member.key.hasSuffix(".weight")
                    ? .int8(try integers(cursor.member("values")))
                    : .int32(try integers(cursor.member("values")))
            )
        }
        return try Model(
            manifest: manifest,
            frontEndTables: sample.frontEndTables,
            tensors: tensors
        )
    }
}

private func integers<T: FixedWidthInteger>(_ cursor: JSONCursor) throws -> [T] {
    var values: [T] = []
    for element in try cursor.elements(count: 0...(1 << 24)) {
        values.append(T(try element.integer(Int(T.min)...Int(T.max))))
    }
    return values
}
