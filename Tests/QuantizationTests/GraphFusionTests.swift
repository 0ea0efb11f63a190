import ModelDescription
import ModelFile
import Quantization
import Testing

@Suite struct GraphFusionTests {
    @Test(arguments: [11, 12, 13] as [UInt64])
    func keepsTheFunction(seed: UInt64) throws {
        var random = RandomModel.everything(seed: seed)
        let model = try random.model()
        let fused = try GraphFusion.fuse(model)
        for frameCount in [10, 33, 80] {
            let features = random.features(frameCount: frameCount)
            let before = try FloatNetwork(model).logits(features: features, frameCount: frameCount)
            let after = try FloatNetwork(fused).logits(features: features, frameCount: frameCount)
            // Float has 24 bits; a dozen operations on values around 1 keep 1e-4.
            for (first, second) in zip(before, after) { #expect(abs(first - second) < 1e-4) }
        }
    }

    @Test func leavesNoBatchNormAndOnlyActivationsThatCannotBeFused() throws {
        let fused = try GraphFusion.fuse(RandomModel.everything(seed: 1).model())
        // `joined` has two readers, so `clipped` stays a node of its own.
        #expect(
            fused.manifest.graph.nodes.map(\.name) == [
                "stem", "depthwise", "sum", "highest", "average", "both", "point", "statistics",
                "turned", "mean", "hidden", "joined", "clipped", "twice", "logits",
            ]
        )
        let operations = fused.manifest.graph.nodes.map(\.operation)
        guard case .add(.relu6, _) = operations[2], case .relu = operations[12] else {
            Issue.record("expected a fused relu6 and a separate relu")
            return
        }
    }

    @Test func refusesBatchNormThatFollowsAnActivation() throws {
        var random = RandomModel(seed: 3)
        let kernel = Operation.Spatial(kernel: .init(3, 3))
        random.add("conv", .conv2d(kernel, outputChannels: 2, .relu), Graph.inputName)
        random.add("norm", .batchNorm(epsilon: 1e-5), "conv")
        random.add("pool", .globalMeanPool(.timeAndFrequency, nil), "norm")
        random.add("logits", .fullyConnected(outputChannels: 3, .none), "pool")
        random.weights("conv", [2, 3, 3, 1], channels: 2)
        random.batchNorm("norm", channels: 2)
        random.weights("logits", [3, 2], channels: 3)
        let model = try random.model()
        #expect(
            throws: QuantizationError.cannotFold(
                node: "norm",
                reason: "its input conv is a conv2d or already ends with an activation"
            )
        ) { try GraphFusion.fuse(model) }
    }
}
