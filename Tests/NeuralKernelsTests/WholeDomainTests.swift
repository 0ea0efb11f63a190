import AcceleratedKernels
import NeuralKernels
import Testing

/// Operators of one or two values, over every stored integer that they can be given.
///
/// Every variant is held to `Documentation/Numerics.md`, sections 3 and 4, in 128 bits. In release
/// whole, in debug, where `assert` watches, a share.
@Suite struct WholeDomainTests {
    #if DEBUG
        private static let step = 37
    #else
        private static let step = 1
    #endif

    private static let multipliers: [Int32] = [1 << 30, 1_747_802_371, .max]

    /// Halves up, then halves away from zero.
    private static func requantized(_ value: Int128, _ factor: QuantizedMultiplier) -> Int128 {
        let left = Int128(max(factor.shift, 0))
        let right = UInt128(max(-factor.shift, 0))
        let high = ((value << left) * Int128(factor.multiplier) + 1 << 30) >> 31
        let half: UInt128 = right == 0 ? 0 : 1 << (right - 1)
        let magnitude = Int128((high.magnitude + half) >> right)
        return high < 0 ? -magnitude : magnitude
    }

    private static func stored(_ value: Int128, _ quantization: OutputQuantization) -> Int8 {
        let shifted = value + Int128(quantization.zeroPoint)
        return Int8(min(max(shifted, Int128(quantization.minimum)), Int128(quantization.maximum)))
    }

    @Test(arguments: KernelVariant.available)
    func inputQuantizationIsExactForEveryFeature(_ variant: KernelVariant) {
        let features = stride(from: Int(Int16.min), through: Int(Int16.max), by: Self.step).map {
            Int16($0)
        }
        var output = [Int8](repeating: 0, count: features.count)
        for multiplier in Self.multipliers {
            for shift in Int32(-31)...14 {
                let factor = QuantizedMultiplier(multiplier: multiplier, shift: shift)
                for zeroPoint in [Int32(-128), 127] {
                    let quantization = OutputQuantization(zeroPoint: zeroPoint)
                    var span = output.mutableSpan
                    variant.inputQuantization(
                        features: features.span,
                        factor: factor,
                        output: &span,
                        quantization: quantization
                    )
                    let wrong = features.indices.count {
                        let exact = Self.requantized(Int128(features[$0]), factor)
                        return output[$0] != Self.stored(exact, quantization)
                    }
                    #expect(wrong == 0, "\(multiplier), \(shift), \(zeroPoint)")
                }
            }
        }
    }

    @Test(arguments: KernelVariant.available, [Int32(-128), 3, 127])
    func additionIsExactForEveryPair(_ variant: KernelVariant, firstZeroPoint: Int32) {
        let pairs = stride(from: 0, to: 1 << 16, by: Self.step)
        let first = pairs.map { Int8(truncatingIfNeeded: $0) }
        let second = pairs.map { Int8(truncatingIfNeeded: $0 >> 8) }
        var output = [Int8](repeating: 0, count: first.count)
        for multiplier in Self.multipliers {
            for (shift, outputShift) in [(Int32(0), Int32(-19)), (-1, -18), (-7, -15), (0, -31)] {
                // The input of the greater scale has the factor ½.
                let parameters = AdditionQuantization(
                    firstZeroPoint: firstZeroPoint,
                    firstFactor: QuantizedMultiplier(multiplier: 1 << 30, shift: 0),
                    secondZeroPoint: -5,
                    secondFactor: QuantizedMultiplier(multiplier: multiplier, shift: shift),
                    outputFactor: QuantizedMultiplier(multiplier: multiplier, shift: outputShift)
                )
                let quantization = OutputQuantization(zeroPoint: 9)
                var span = output.mutableSpan
                variant.addition(
                    first: first.span,
                    second: second.span,
                    parameters: parameters,
                    output: &span,
                    quantization: quantization
                )
                let wrong = first.indices.count {
                    let a = Int128(first[$0]) - Int128(firstZeroPoint)
                    let b = Int128(second[$0]) + 5
                    let sum =
                        Self.requantized(a << 20, parameters.firstFactor)
                        + Self.requantized(b << 20, parameters.secondFactor)
                    let exact = Self.requantized(sum, parameters.outputFactor)
                    return output[$0] != Self.stored(exact, quantization)
                }
                #expect(wrong == 0, "\(multiplier), \(shift), \(outputShift)")
            }
        }
    }
}
