import FixedPointMath
import Glibc
import Testing

/// Sweeps against double precision; the strides keep a debug run short.
@Suite struct FunctionTests {
    /// Whole domains in release; in debug, where `assert` watches for overflow, a share of them.
    #if DEBUG
        private static let step = 37
    #else
        private static let step = 1
    #endif

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

    /// All mantissas of 24 bits, at the lowest and at the highest place that they can have.
    @Test func binaryLogarithmStaysWithinItsErrorBoundForEveryMantissa() {
        var worst = 0.0
        for mantissa in stride(from: UInt64(1) << 23, to: 1 << 24, by: Self.step) {
            let exact = log2(Double(mantissa)) * 1_048_576
            worst = max(worst, abs(Double(binaryLogarithm(mantissa)) - exact))
            let high = Double(binaryLogarithm(mantissa << 40)) - Double(40 << 20)
            worst = max(worst, abs(high - exact))
        }
        #expect(worst < 1.1)
    }

    @Test func binaryExponentialStaysWithinItsErrorBound() {
        #expect(binaryExponential(0) == 1 << 30)
        #expect(binaryExponential(-(1 << 16)) == 1 << 29)
        #expect(binaryExponential(.min) == 0)
        var worst = 0.0
        for exponent in stride(from: Int32(0), through: -31 << 16, by: -Self.step) {
            let exact = exp2(Double(exponent) / 65_536) * 1_073_741_824
            worst = max(worst, abs(Double(binaryExponential(exponent)) - exact))
        }
        #expect(worst < 6)
    }

    @Test func integerSquareRootIsTheFloor() {
        var wrong = 0
        for value in stride(from: UInt64(0), to: 1 << 22, by: Self.step) {
            let root = integerSquareRoot(value)
            if root * root > value || (root + 1) * (root + 1) <= value { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(integerSquareRoot(.max) == 4_294_967_295)
        #expect(integerSquareRoot(4_294_967_295 * 4_294_967_295) == 4_294_967_295)
        #expect(integerSquareRoot(4_294_967_295 * 4_294_967_295 - 1) == 4_294_967_294)
    }
}
