import ModelDescription
import ModelFile
import Quantization
import TestSupport
import Testing

@Suite struct QuantizationSearchTests {
    private static func clips(_ random: inout RandomModel, _ count: Int) -> [CalibrationClip] {
        (0..<count).map { index in
            CalibrationClip(
                name: "\(index)",
                features: random.features(frameCount: 40),
                frameCount: 40
            )
        }
    }

    private static func search(
        _ random: inout RandomModel,
        _ choices: QuantizationChoices
    ) throws -> QuantizationSearch.Result {
        let model = try random.model()
        var search = QuantizationSearch(
            model,
            fitting: clips(&random, 12),
            choosing: clips(&random, 8),
            choices: choices
        )
        return try search.run(provenance: model.manifest.provenance) { _ in }
    }

    @Test(arguments: Effort.cases([41, 42]))
    func keepsWhatIsNearestToFullPrecision(seed: UInt64) throws {
        var random = RandomModel.everything(seed: seed)
        let result = try Self.search(&random, QuantizationChoices())
        // Five ways to choose ranges, each with and without equalisation, and two corrections.
        #expect(result.trials.count == 12)
        let best = try #require(result.winner.signalToNoise.decibel)
        for trial in result.trials {
            #expect(try #require(trial.signalToNoise.decibel) <= best)
        }
        #expect(try Model(reading: result.model.bytes) == result.model)
    }

    @Test func doesAsItIsTold() throws {
        var random = RandomModel.everything(seed: 43)
        let choices = QuantizationChoices(
            ranges: .uniform(.percentile),
            equalization: true,
            correction: .layers
        )
        let result = try Self.search(&random, choices)
        #expect(result.winner.ranges == .uniform(.percentile))
        #expect(result.winner.isEqualized)
        #expect(result.winner.correction == .layers)
        #expect(result.methods.count == result.model.manifest.graph.nodes.count + 1)
        #expect(Set(result.methods.dropLast()) == [.percentile])
        // Logits are never cut off.
        #expect(result.methods.last == .minMax)
    }

    /// Every way of choosing is fit for use: 6 dB a bit, less what a dozen layers of random weights
    /// add up to.
    @Test(arguments: Effort.cases(QuantizationChoices.Ranges.all), [false, true])
    func staysCloseToFullPrecision(
        ranges: QuantizationChoices.Ranges,
        isEqualized: Bool
    ) throws {
        var random = RandomModel.everything(seed: 44)
        let result = try Self.search(
            &random,
            QuantizationChoices(ranges: ranges, equalization: isEqualized)
        )
        var report = QuantizationReport(result)
        for clip in Self.clips(&random, 20) { report.compare(clip, isHeldOut: true) }
        for layer in report.layers {
            let decibel = try #require(layer.signalToNoise.decibel)
            #expect(decibel > 20, "\(layer.name)")
            #expect(layer.rangeUse > 0.1 && layer.rangeUse <= 1, "\(layer.name)")
        }
        #expect(report.heldOut.count == 20)
        #expect(report.heldOut.agreed >= 18)
        #expect(report.calibration.count == 0)
    }

    /// The network that is quantised after equalisation gives the logits of the source.
    @Test(arguments: Effort.cases([51, 52, 53]))
    func equalisationKeepsTheFunction(seed: UInt64) throws {
        var random = RandomModel.residual(seed: seed)
        let source = try FloatNetwork(random.model())
        let choices = QuantizationChoices(
            ranges: .uniform(.minMax),
            equalization: true,
            correction: QuantizationChoices.Correction.none
        )
        let result = try Self.search(&random, choices)
        let fused = try GraphFusion.fuse(source.model)
        #expect(result.reference.model.tensors != fused.tensors)
        let features = random.features(frameCount: 40)
        let expected = source.logits(features: features, frameCount: 40)
        let found = result.reference.logits(features: features, frameCount: 40)
        for (found, real) in zip(found, expected) {
            #expect(abs(found - real) <= 1e-4 * max(1, abs(real)))
        }
    }

    @Test func layerCorrectionTakesBackMeanErrorsOfChannels() throws {
        let settings: [QuantizationChoices.Correction] = [.none, .layers]
        let errors = try settings.map { correction in
            var random = RandomModel.everything(seed: 61)
            let choices = QuantizationChoices(
                ranges: .uniform(.minMax),
                equalization: false,
                correction: correction
            )
            let result = try Self.search(&random, choices)
            return meanErrors(result, Self.clips(&random, 12))
        }
        #expect(errors[1] < errors[0])
    }

    /// Sum over the channels of `hidden` of the squared mean error, on clips of their own.
    private func meanErrors(
        _ result: QuantizationSearch.Result,
        _ clips: [CalibrationClip]
    ) -> Double {
        let nodes = result.model.manifest.graph.nodes
        guard let node = nodes.firstIndex(where: { $0.name == "stem" }) else { return .nan }
        var errors = [Double](repeating: 0, count: 6)
        for clip in clips {
            let expected = result.reference.activations(
                features: clip.features,
                frameCount: clip.frameCount
            )[node].values
            let (_, found) = IntegerTrace(result.model).run(
                features: clip.features,
                frameCount: clip.frameCount
            )
            for (index, real) in found[node].reals.enumerated() {
                errors[index % 6] += real - Double(expected[index])
            }
        }
        return errors.reduce(0) { $0 + $1 * $1 }
    }

    @Test func needsClips() throws {
        let model = try RandomModel.everything(seed: 1).model()
        var search = QuantizationSearch(
            model,
            fitting: [],
            choosing: [],
            choices: QuantizationChoices()
        )
        #expect(throws: QuantizationError.noCalibration) {
            try search.run(provenance: model.manifest.provenance) { _ in }
        }
    }
}
