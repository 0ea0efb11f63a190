import Inference
import ModelDescription
import ModelFile
import TestSupport
import Testing

@Suite struct NetworkTests {
    static func features(frameCount: Int, channelCount: Int) -> [Int16] {
        (0..<frameCount * channelCount).map { Int16(($0 * 7919) % 2000 - 1000) }
    }

    /// conv [40, 10, 2] · 9, depthwise [40, 10, 2] · 9, logits 3 · 4.
    @Test func countsMultiplyAccumulates() throws {
        let network = try Network(preparing: SampleModel.int8())
        #expect(network.multiplyAccumulates(frameCount: 40) == 7200 + 7200 + 12)
    }

    /// Features, conv, depthwise and sum at 80 frames of 10 channels; the features' buffer serves
    /// again; 3 logits.
    @Test func buffersAreShared() throws {
        let network = try Network(preparing: SampleModel.int8())
        #expect(network.activationBytes == 3 * 80 * 10 * 2 + 3)
    }

    @Test func answerDoesNotDependOnWhatRanBefore() throws {
        let network = try Network(preparing: SampleModel.int8())
        var used = Workspace(for: network)
        for frameCount in [80, 10, 33, 80, 11] {
            let features = Self.features(frameCount: frameCount, channelCount: 10)
            network.run(features: features.span, frameCount: frameCount, workspace: &used)
            var fresh = Workspace(for: network)
            network.run(features: features.span, frameCount: frameCount, workspace: &fresh)
            #expect(used.logits == fresh.logits)
        }
    }

    @Test func fullPrecisionIsRefused() throws {
        let sample = try SampleModel.int8()
        var manifest = sample.manifest
        manifest.precision = .float32
        manifest.decision.logitScale = nil
        manifest.graph = Graph(
            layout: .image,
            input: nil,
            nodes: [
                Node(
                    name: "pool",
                    operation: .globalMeanPool(.timeAndFrequency, nil),
                    inputs: [Graph.inputName]
                ),
                Node(
                    name: "logits",
                    operation: .fullyConnected(outputChannels: 3, .none),
                    inputs: ["pool"]
                ),
            ]
        )
        let model = try Model(
            manifest: manifest,
            frontEndTables: sample.frontEndTables,
            tensors: [
                "logits.weight": Tensor(shape: [3, 1], .float32([1, 2, 3])),
                "logits.bias": Tensor(shape: [3], .float32([0, 0, 0])),
            ]
        )
        #expect(throws: InferenceError.notInteger(.float32)) { try Network(preparing: model) }
    }
}
