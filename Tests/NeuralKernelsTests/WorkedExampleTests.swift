import NeuralKernels
import Testing

/// The examples of `Documentation/Numerics.md`, section 4, where they are worked by hand.
@Suite struct WorkedExampleTests {
    @Test func inputOfTheShippedModel() {
        let features: [Int16] = [-1374, -458, 458, 1374]
        var output = [Int8](repeating: 0, count: 4)
        var span = output.mutableSpan
        inputQuantization(
            features: features.span,
            factor: QuantizedMultiplier(multiplier: 1_904_819_868, shift: -5),
            output: &span,
            quantization: OutputQuantization(zeroPoint: -3)
        )
        #expect(output == [-41, -16, 10, 35])
    }

    @Test func fullyConnectedRow() {
        let input: [Int8] = [-41, -16, 10, 35]
        let weights: [Int8] = [127, -64, 3, 50]
        let bias: [Int32] = [100]
        let multipliers: [Int32] = [1_511_828_488]
        let shifts: [Int32] = [-7]
        var output: [Int8] = [0]
        var span = output.mutableSpan
        fullyConnected(
            input: input.span,
            inputZeroPoint: -3,
            weights: weights.span,
            bias: bias.span,
            multipliers: multipliers.span,
            shifts: shifts.span,
            output: &span,
            quantization: OutputQuantization(zeroPoint: 5)
        )
        #expect(output == [-6])
    }

    @Test func additionOfTwoScales() {
        let first: [Int8] = [10]
        let second: [Int8] = [21]
        var output: [Int8] = [0]
        var span = output.mutableSpan
        addition(
            first: first.span,
            second: second.span,
            parameters: AdditionQuantization(
                firstZeroPoint: 0,
                firstFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: 0),
                secondZeroPoint: 1,
                secondFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: -1),
                outputFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: -18)
            ),
            output: &span,
            quantization: OutputQuantization(zeroPoint: 0)
        )
        #expect(output == [20])
    }

    @Test func meanAndDeviation() {
        let input: [Int8] = [10, 20, 30, 40]
        var output: [Int8] = [0, 0]
        var span = output.mutableSpan
        meanDeviationPool(
            input: input.span,
            count: 4,
            channels: 1,
            inputZeroPoint: 0,
            meanFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: 1),
            deviationFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: -15),
            output: &span,
            quantization: OutputQuantization(zeroPoint: 0)
        )
        #expect(output == [25, 11])
    }
}
