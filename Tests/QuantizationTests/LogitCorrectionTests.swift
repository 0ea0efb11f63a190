import ModelDescription
import ModelFile
import Quantization
import Testing

@Suite struct LogitCorrectionTests {
    @Test func removesTheMeanErrorOfEveryLogit() throws {
        var random = RandomModel.everything(seed: 51)
        let (quantizer, model) = try QuantizerTests.quantized(&random)
        var correction = LogitCorrection(of: model, against: quantizer.reference)
        let clips = (0..<24).map { index in
            CalibrationClip(
                name: "\(index)",
                features: random.features(frameCount: 40),
                frameCount: 40
            )
        }
        for clip in clips { correction.observe(clip) }
        let corrected = try correction.correctedModel()
        let step = try #require(corrected.manifest.graph.nodes.last?.output).scale
        for error in meanErrors(of: corrected, against: quantizer.reference, clips) {
            // Random clips have nearly equal logits, whose rounding moves by a step at once.
            #expect(abs(error) < step)
        }
        let before = meanErrors(of: model, against: quantizer.reference, clips)
        let after = meanErrors(of: corrected, against: quantizer.reference, clips)
        #expect(after.reduce(0) { $0 + abs($1) } < before.reduce(0) { $0 + abs($1) })
    }

    @Test func changesNothingWithoutClips() throws {
        var random = RandomModel.everything(seed: 52)
        let (quantizer, model) = try QuantizerTests.quantized(&random)
        let correction = LogitCorrection(of: model, against: quantizer.reference)
        #expect(try correction.correctedModel() == model)
    }

    private func meanErrors(
        of model: Model,
        against reference: FloatNetwork,
        _ clips: [CalibrationClip]
    ) -> [Double] {
        var errors = [0.0, 0.0, 0.0]
        for clip in clips {
            let expected = reference.logits(features: clip.features, frameCount: clip.frameCount)
            let (_, found) = IntegerTrace(model).run(
                features: clip.features,
                frameCount: clip.frameCount
            )
            let logits = found[found.count - 1].reals
            for label in errors.indices {
                errors[label] += (logits[label] - Double(expected[label])) / Double(clips.count)
            }
        }
        return errors
    }
}
