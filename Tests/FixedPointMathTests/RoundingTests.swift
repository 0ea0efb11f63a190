import FixedPointMath
import Testing

@Suite struct RoundingTests {
    @Test func roundingShiftRightRoundsHalfUp() {
        #expect(roundingShiftRight(5, 1) == 3)
        #expect(roundingShiftRight(-5, 1) == -2)
        #expect(roundingShiftRight(7, 0) == 7)
        #expect(roundingShiftRight(-1, 62) == 0)
    }

    @Test func roundingDivideByPowerOfTwoRoundsHalfAwayFromZero() {
        #expect(roundingDivideByPowerOfTwo(5, 1) == 3)
        #expect(roundingDivideByPowerOfTwo(-5, 1) == -3)
        #expect(roundingDivideByPowerOfTwo(-4, 3) == -1)
        #expect(roundingDivideByPowerOfTwo(Int32.min, 31) == -1)
        #expect(roundingDivideByPowerOfTwo(Int32.max, 31) == 1)
    }

    @Test(arguments: 0...31)
    func roundingDivideByPowerOfTwoEqualsTheQuotientInWideArithmetic(exponent: Int32) {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let value = Int32.random(in: .min ... .max, using: &generator)
            let expected = roundingDivide(Int64(value), by: Int64(1) << Int64(exponent))
            #expect(Int64(roundingDivideByPowerOfTwo(value, exponent)) == expected)
        }
    }

    @Test func saturatesAtTheLimits() {
        #expect(saturateToInt16(Int32(40_000)) == 32_767)
        #expect(saturateToInt16(Int32(-40_000)) == -32_768)
        #expect(saturateToInt16(Int64.min) == -32_768)
        #expect(saturateToInt32(Int64.max) == Int32.max)
        #expect(clampToInt8(300, minimum: -128, maximum: 127) == 127)
        #expect(clampToInt8(-300, minimum: 0, maximum: 127) == 0)
    }
}
