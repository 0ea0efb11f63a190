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

    /// Powers of two and their neighbours, of both signs.
    private static let edges: [Int32] = {
        let powers = (0...31).flatMap { [(1 << $0) - 1, 1 << $0, (1 << $0) + 1] }
        return Set(powers + powers.map { -$0 }).compactMap { Int32(exactly: $0) }.sorted()
    }()

    /// Both steps as `Documentation/Numerics.md`, section 3, defines them, in 128 bits: halves up,
    /// then halves away from zero.
    @Test func requantizeIsExactForEveryBitLengthAndShift() {
        var wrong = 0
        for value in Self.edges {
            for multiplier in Self.edges {
                let sum = Int128(value) * Int128(multiplier) + 1 << 30
                let high = min(sum >> 31, Int128(Int32.max))
                if Int128(saturatingRoundingDoublingHighMultiply(value, multiplier)) != high {
                    wrong += 1
                }
                guard multiplier >= 1 << 30 else { continue }
                for right in 0...31 {
                    let half: Int128 = right == 0 ? 0 : 1 << Int128(right - 1)
                    let exact = (high.magnitude + half.magnitude) >> UInt128(right)
                    let found = requantize(value, multiplier: multiplier, shift: Int32(-right))
                    if Int128(found) != Int128(exact) * (high < 0 ? -1 : 1) { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
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
