import FixedPointMath
import Glibc
import Testing

/// Sweeps against double precision; the strides keep a debug run short.
@Suite struct FunctionTests {
    @Test func binaryLogarithmOfPowersOfTwoIsExact() {
        for exponent in 0..<64 {
            #expect(binaryLogarithm(1 << UInt64(exponent)) == Int32(exponent) << 20)
        }
    }

    @Test func binaryLogarithmStaysWithinItsErrorBound() {
        var worst = 0.0
        var value: UInt64 = 1
        while value < UInt64.max / 9 * 8 {
            let exact = log2(Double(value)) * 1_048_576
            worst = max(worst, abs(Double(binaryLogarithm(value)) - exact))
            value += max(1, value / 1_021)
        }
        #expect(worst < 1.1)
    }

    @Test func binaryExponentialStaysWithinItsErrorBound() {
        #expect(binaryExponential(0) == 1 << 30)
        #expect(binaryExponential(-(1 << 16)) == 1 << 29)
        #expect(binaryExponential(.min) == 0)
        var worst = 0.0
        for exponent in stride(from: Int32(0), through: -31 << 16, by: -37) {
            let exact = exp2(Double(exponent) / 65_536) * 1_073_741_824
            worst = max(worst, abs(Double(binaryExponential(exponent)) - exact))
        }
        #expect(worst < 6)
    }

    @Test func integerSquareRootIsTheFloor() {
        for value in (0...70_000).map(UInt64.init) {
            let root = integerSquareRoot(value)
            #expect(root * root <= value && (root + 1) * (root + 1) > value)
        }
        #expect(integerSquareRoot(.max) == 4_294_967_295)
        #expect(integerSquareRoot(4_294_967_295 * 4_294_967_295) == 4_294_967_295)
        #expect(integerSquareRoot(4_294_967_295 * 4_294_967_295 - 1) == 4_294_967_294)
    }
}
