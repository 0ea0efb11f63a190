import ModelDescription
import ModelFile
import Quantization
import TestSupport
import Testing

@Suite struct FloatNetworkTests {
    /// Every geometry against the definition in Double: a sum over all taps inside the input.
    @Test(arguments: [
        Operation.Spatial(kernel: .init(3, 3), padding: .init(1, 1, 1, 1)),
        Operation.Spatial(
            kernel: .init(3, 2),
            stride: .init(2, 3),
            padding: .init(2, 0, 0, 1)
        ),
        Operation.Spatial(
            kernel: .init(3, 3),
            stride: .init(1, 2),
            dilation: .init(3, 2),
            padding: .init(4, 1, 0, 3)
        ),
    ])
    func convolvesByTheDefinition(spatial: Operation.Spatial) throws {
        var random = RandomModel(seed: 1)
        random.add("conv", .conv2d(spatial, outputChannels: 11, .none), Graph.inputName)
        random.add("next", .depthwiseConv2d(spatial, depthMultiplier: 2, .none), "conv")
        random.add("pool", .globalMeanPool(.timeAndFrequency, nil), "next")
        random.add("logits", .fullyConnected(outputChannels: 3, .none), "pool")
        let kernel = [spatial.kernel.time, spatial.kernel.frequency]
        random.weights("conv", [11] + kernel + [1], channels: 11)
        random.weights("next", kernel + [22], channels: 22)
        random.weights("logits", [3, 22], channels: 3)
        let model = try random.model()
        let network = try FloatNetwork(model)
        let features = random.features(frameCount: 29)
        let input = network.input(features: features, frameCount: 29)
        let outputs = network.activations(features: features, frameCount: 29)

        let conv = direct(input, spatial, outputs[0].shape) { output, tap, channel in
            Double(model.float32("conv.weight")[output * kernel[0] * kernel[1] + tap])
        }
        expectEqual(outputs[0], conv, bias: model.float32("conv.bias"))
        let next = direct(outputs[0], spatial, outputs[1].shape) { output, tap, channel in
            channel == output / 2 ? Double(model.float32("next.weight")[tap * 22 + output]) : 0
        }
        expectEqual(outputs[1], next, bias: model.float32("next.bias"))
    }

    private func direct(
        _ input: FloatActivation,
        _ spatial: Operation.Spatial,
        _ shape: TensorShape,
        weight: (_ output: Int, _ tap: Int, _ channel: Int) -> Double
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: shape.count)
        for index in sums.indices {
            let output = index % shape.channels
            let cell = index / shape.channels
            for tap in 0..<spatial.kernel.time * spatial.kernel.frequency {
                let time =
                    cell / shape.frequency * spatial.stride.time - spatial.padding.timeBefore
                    + tap / spatial.kernel.frequency * spatial.dilation.time
                let frequency =
                    cell % shape.frequency * spatial.stride.frequency
                    - spatial.padding.frequencyBefore
                    + tap % spatial.kernel.frequency * spatial.dilation.frequency
                guard (0..<input.shape.time).contains(time),
                    (0..<input.shape.frequency).contains(frequency)
                else { continue }
                let start = (time * input.shape.frequency + frequency) * input.shape.channels
                for channel in 0..<input.shape.channels {
                    sums[index] +=
                        weight(output, tap, channel) * Double(input.values[start + channel])
                }
            }
        }
        return sums
    }

    private func expectEqual(_ output: FloatActivation, _ sums: [Double], bias: [Float]) {
        // Sums of at most a hundred products below 10: rounding of Float stays below 1e-4.
        let greatest = zip(output.values.indices, sums).reduce(0.0) { greatest, pair in
            let expected = pair.1 + Double(bias[pair.0 % bias.count])
            return max(greatest, abs(Double(output.values[pair.0]) - expected))
        }
        #expect(greatest < 1e-4)
    }

    /// Values worked out by hand for two frames of one feature image.
    @Test func poolsAndJoinsByTheDefinition() throws {
        let spatial = Operation.Spatial(
            kernel: .init(2, 2),
            stride: .init(2, 2),
            padding: .init(1, 0, 0, 0)
        )
        var random = RandomModel(seed: 2)
        random.add("highest", .maxPool2d(spatial, .none), Graph.inputName)
        random.add("average", .averagePool2d(spatial, .none), Graph.inputName)
        random.add("both", .concatenate(.frequency), "highest", "average")
        random.add("clipped", .relu6(nil), "both")
        random.add("statistics", .meanDeviationPool(.time, nil), "clipped")
        random.add("logits", .fullyConnected(outputChannels: 3, .none), "statistics")
        random.weights("logits", [3, 20], channels: 3)
        let network = try FloatNetwork(random.model())
        // Frames 0 … 9: the value in every channel is 256 · (frame − 1), which is frame − 1 in Q8,
        // and twice that in odd channels.
        let features = (0..<100).map { index -> Int16 in
            let frame: Int = index / 10
            return Int16(256 * (frame - 1) * (index % 2 + 1))
        }
        let outputs = network.activations(features: features, frameCount: 10)
        #expect(outputs[0].shape == TensorShape(time: 5, frequency: 5, channels: 1))
        // Frame −1 is padding: the first cell sees frame 0 alone, with −1 and −2.
        #expect(outputs[0].values[0] == -1)
        #expect(outputs[1].values[0] == -1.5)
        // The second sees frames 1 and 2: 0, 0, 1, 2.
        #expect(outputs[0].values[5] == 2)
        #expect(outputs[1].values[5] == 0.75)
        #expect(outputs[2].shape == TensorShape(time: 5, frequency: 10, channels: 1))
        #expect(outputs[2].values[9] == -1.5)
        // Maxima −1, 2, 6, 10, 14 clip to 0, 2, 6, 6, 6: mean 4, deviation √6.4.
        #expect(outputs[4].values[0] == 4)
        #expect(abs(outputs[4].values[1] - Float(6.4).squareRoot()) < 1e-6)
    }

    /// Values stay where they are, and the convolution behind sees the new shape.
    @Test(arguments: [1, 4, 12])
    func reshapesWithoutMovingAnything(frequency: Int) throws {
        var random = RandomModel.turnedSequence(seed: 5, frequency: frequency)
        let model = try random.model(layout: .sequence)
        let features = random.features(frameCount: 17)
        let outputs = try FloatNetwork(model).activations(features: features, frameCount: 17)
        #expect(outputs[0].shape == TensorShape(time: 17, frequency: 1, channels: 12))
        let turned = TensorShape(time: 17, frequency: frequency, channels: 12 / frequency)
        #expect(outputs[1].shape == turned)
        #expect(outputs[1].values == outputs[0].values)
        #expect(outputs[2].shape == TensorShape(time: 17, frequency: frequency, channels: 4))
    }

    @Test func refusesIntegerModels() throws {
        let model = try SampleModel.int8()
        #expect(throws: QuantizationError.notFullPrecision(model: "sample")) {
            try FloatNetwork(model)
        }
    }
}
