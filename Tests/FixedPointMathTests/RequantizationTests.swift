import FixedPointMath
import Testing

@Suite struct RequantizationTests {
    @Test func minusOneTimesMinusOneSaturates() {
        #expect(saturatingRoundingDoublingHighMultiply(.min, .min) == .max)
    }

    /// gemmlowp divides the nudged product by 2^31 truncating towards zero.
    @Test func highMultiplyFollowsGemmlowpForNegativeProducts() {
        #expect(saturatingRoundingDoublingHighMultiply(-1, 1 << 30) == 0)
        #expect(saturatingRoundingDoublingHighMultiply(-3, 1 << 30) == -1)
        #expect(saturatingRoundingDoublingHighMultiply(3, 1 << 30) == 2)
        #expect(saturatingRoundingDoublingHighMultiply(1, 1 << 30) == 1)
    }

    @Test func requantizeScalesByMultiplierAndShift() {
        // 0.75 · 2^0, 0.5 · 2^3 and 0.5 · 2^-2.
        #expect(requantize(100, multiplier: 1_610_612_736, shift: 0) == 75)
        #expect(requantize(100, multiplier: 1 << 30, shift: 3) == 400)
        #expect(requantize(100, multiplier: 1 << 30, shift: -2) == 13)
        #expect(requantize(-100, multiplier: 1 << 30, shift: -2) == -13)
        #expect(requantize(12_345, multiplier: 0, shift: -31) == 0)
    }
}
