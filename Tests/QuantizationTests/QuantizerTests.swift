import ModelDescription
import ModelFile
import Quantization
import Testing

@Suite struct QuantizerTests {
    static func quantized(
        _ random: inout RandomModel,
        ranges: RangeMethod = .minMax,
        layout: Graph.Layout = .image
    ) throws -> (Quantizer, Model) {
        var quantizer = try Quantizer(random.model(layout: layout))
        for clip in 0..<8 {
            try quantizer.calibrate(
                CalibrationClip(
                    name: "\(clip)",
                    features: random.features(frameCount: 40),
                    frameCount: 40
                )
            )
        }
        let provenance = quantizer.reference.model.manifest.provenance
        return (
            quantizer,
            try quantizer.quantizedModel(
                ranges: try quantizer.ranges(ranges),
                provenance: provenance
            )
        )
    }

    @Test(arguments: RangeMethod.allCases)
    func everyOperationGivesAModelThatReadsBack(ranges: RangeMethod) throws {
        var random = RandomModel.everything(seed: 21)
        let (_, model) = try Self.quantized(&random, ranges: ranges)
        #expect(model.manifest.precision == .int8)
        #expect(try Model(reading: model.bytes) == model)
    }

    @Test func weightsAreWithinHalfAStep() throws {
        var random = RandomModel.everything(seed: 22)
        let (quantizer, model) = try Self.quantized(&random)
        let real = quantizer.reference.model.float32("point.weight")
        let steps = model.int8("point.weight")
        for channel in 0..<5 {
            let range = channel * 12..<channel * 12 + 12
            let greatest = real[range].reduce(0) { max($0, abs($1)) }
            let scale = greatest / 127
            #expect(steps[range].contains { abs(Int($0)) == 127 })
            for index in range {
                #expect(abs(real[index] - Float(steps[index]) * scale) <= scale * 0.5001)
            }
        }
    }

    @Test func channelWithoutWeightsKeepsItsBias() {
        let layer = QuantizedLayer(
            weights: [0, 0, 1e-30, 0, 1, -1],
            shape: [3, 1, 1, 2],
            bias: [0.5, 0.25, 0],
            channelIsLast: false,
            inputScale: 0.1,
            outputScale: 0.01
        )
        for (channel, expected) in [(0, 50.0), (1, 25.0), (2, 0.0)] {
            let factor = FixedPointScale(
                multiplier: layer.multiplier[channel],
                shift: layer.shift[channel]
            )
            #expect(abs(Double(layer.bias[channel]) * factor.real - expected) < 1e-3)
        }
    }

    @Test func clampsStandForZeroAndSix() {
        let quantization = ActivationQuantization(scale: 0.05, zeroPoint: -20)
        #expect(quantization.clamped(to: .none) == quantization)
        let relu = quantization.clamped(to: .relu)
        #expect((relu.minimum, relu.maximum) == (-20, 127))
        let relu6 = quantization.clamped(to: .relu6)
        #expect((relu6.minimum, relu6.maximum) == (-20, 100))
    }

    @Test func needsCalibration() throws {
        let quantizer = try Quantizer(RandomModel.everything(seed: 1).model())
        #expect(throws: QuantizationError.noCalibration) { try quantizer.ranges(.minMax) }
    }

    /// Features that alternate have a mean of 0 in every clip: the pool's own range is nothing.
    @Test func poolsThatAreAlwaysZeroGiveAValidModel() throws {
        var random = RandomModel(seed: 61)
        random.add("mean", .globalMeanPool(.time, nil), Graph.inputName)
        random.add("logits", .fullyConnected(outputChannels: 3, .none), "mean")
        random.weights("logits", [3, 10], channels: 3)
        var quantizer = try Quantizer(random.model())
        let features = (0..<400).map { Int16($0 / 10 % 2 == 0 ? 16_000 : -16_000) }
        try quantizer.calibrate(CalibrationClip(name: "", features: features, frameCount: 40))
        let model = try quantizer.quantizedModel(
            ranges: try quantizer.ranges(.minMax),
            provenance: quantizer.reference.model.manifest.provenance
        )
        let (input, outputs) = IntegerTrace(model).run(features: features, frameCount: 40)
        let expected = quantizer.reference.logits(features: features, frameCount: 40)
        // Input and logits are exact to half a step each, and no row of weights sums to more
        // than 10 · 2 / √10.
        let step = try #require(model.manifest.graph.nodes[1].output).scale
        let tolerance = input.quantization.scale / 2 * 6.4 + step
        for (found, real) in zip(outputs[1].reals, expected) {
            #expect(abs(found - Double(real)) <= tolerance)
        }
    }
}
