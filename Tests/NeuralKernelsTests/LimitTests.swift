import NeuralKernels
import Testing

/// The greatest sums that the kernels promise to hold, computed by hand.
@Suite struct LimitTests {
    /// Half of 2^18 cells are 0, half are 255: mean and deviation are 127.5, rounded away from zero.
    @Test func meanAndDeviationHoldTheGreatestCount() {
        let input = (0..<1 << 18).map { Int8($0 % 2 == 0 ? -128 : 127) }
        var output: [Int8] = [0, 0]
        var span = output.mutableSpan
        meanDeviationPool(
            input: input.span,
            count: 1 << 18,
            channels: 1,
            inputZeroPoint: -128,
            meanFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: 1),
            deviationFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: -15),
            output: &span,
            quantization: OutputQuantization(zeroPoint: -128)
        )
        #expect(output == [0, 0])
    }

    /// Cells that do not vary deviate by nothing, whatever they are.
    @Test func constantDeviatesByNothing() {
        let input = [Int8](repeating: 127, count: 1000)
        var output: [Int8] = [0, 0]
        var span = output.mutableSpan
        meanDeviationPool(
            input: input.span,
            count: 1000,
            channels: 1,
            inputZeroPoint: 27,
            meanFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: 1),
            deviationFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: -10),
            output: &span,
            quantization: OutputQuantization(zeroPoint: 5)
        )
        #expect(output == [105, 5])
    }

    /// 65,535 products of −255 · 127 and a bias of −1: −2,122,350,976 of at least −2^31, over 2^25
    /// about −63.25.
    @Test func fullyConnectedHoldsTheLongestRow() {
        let depth = 65_535
        let input = [Int8](repeating: -128, count: depth)
        let weights = [Int8](repeating: 127, count: depth)
        let bias: [Int32] = [-1]
        let multipliers: [Int32] = [1 << 30]
        let shifts: [Int32] = [-24]
        var output: [Int8] = [0]
        var span = output.mutableSpan
        fullyConnected(
            input: input.span,
            inputZeroPoint: 127,
            weights: weights.span,
            bias: bias.span,
            multipliers: multipliers.span,
            shifts: shifts.span,
            output: &span,
            quantization: OutputQuantization(zeroPoint: 0)
        )
        #expect(output == [-63])
    }
}
