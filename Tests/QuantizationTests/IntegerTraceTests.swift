import Inference
import ModelDescription
import ModelFile
import Quantization
import Testing

@Suite struct IntegerTraceTests {
    /// Keeping every activation changes where they lie and nothing else.
    @Test(arguments: [31, 32, 33] as [UInt64])
    func givesTheLogitsOfTheEngine(seed: UInt64) throws {
        var random = RandomModel.everything(seed: seed)
        let (_, model) = try QuantizerTests.quantized(&random)
        let network = try Network(preparing: model)
        var workspace = Workspace(for: network)
        for frameCount in [10, 41, 80] {
            let features = random.features(frameCount: frameCount)
            network.run(
                features: features.span,
                frameCount: frameCount,
                workspace: &workspace
            )
            let (_, outputs) = IntegerTrace(model).run(
                features: features,
                frameCount: frameCount
            )
            let logits = workspace.logits
            #expect(outputs.last?.values == logits)
        }
    }

    /// Both sides of a `reshape` hold the same integers on the same scale, and the rest of the
    /// network follows full precision.
    @Test(arguments: [1, 4, 12])
    func reshapeKeepsEveryBit(frequency: Int) throws {
        var random = RandomModel.turnedSequence(seed: 45, frequency: frequency)
        let (_, model) = try QuantizerTests.quantized(&random, layout: .sequence)
        #expect(try Model(reading: model.bytes) == model)
        let features = random.features(frameCount: 40)
        let (_, outputs) = IntegerTrace(model).run(features: features, frameCount: 40)
        #expect(
            outputs[1].shape
                == TensorShape(time: 40, frequency: frequency, channels: 12 / frequency)
        )
        #expect(outputs[1].values == outputs[0].values)
        #expect(outputs[1].reals == outputs[0].reals)
        var search = QuantizationSearch(
            try random.model(layout: .sequence),
            fitting: [CalibrationClip(name: "", features: features, frameCount: 40)],
            choosing: [],
            choices: QuantizationChoices(ranges: .uniform(.minMax), equalization: true)
        )
        var report = QuantizationReport(
            try search.run(provenance: model.manifest.provenance) { _ in }
        )
        report.compare(
            CalibrationClip(name: "", features: features, frameCount: 40),
            isHeldOut: true
        )
        for layer in report.layers {
            // As `QuantizationSearchTests.staysCloseToFullPrecision`.
            let decibel = try #require(layer.signalToNoise.decibel)
            #expect(decibel > 20, "\(layer.name)")
        }
    }
}
