import Foundation
import SignalKernels
import Testing

/// The transform against the definition of the DFT in double precision.
@Suite struct FourierTransformTests {
    static let halfLengths = [128, 256, 512, 1024]

    @Test(arguments: halfLengths)
    func twiddlesAreUnitRootsToHalfAUnit(length: Int) {
        let stages = stageTwiddles(length)
        var position = 0
        var quarter = length.trailingZeroBitCount.isMultiple(of: 2) ? 4 : 2
        while quarter < length {
            for k in 0..<quarter {
                for power in 1...3 {
                    let angle = -2 * Double.pi * Double(power * k) / Double(4 * quarter)
                    expectUnitRoot(stages[position], angle)
                    position += 1
                }
            }
            quarter *= 4
        }
        #expect(position == stages.count)
        for (k, value) in splitTwiddles(2 * length).enumerated() {
            expectUnitRoot(value, -2 * Double.pi * Double(k) / Double(2 * length))
        }
    }

    @Test(arguments: halfLengths)
    func errorOfNoiseStaysBelowOneUnitRootMeanSquare(halfLength: Int) {
        var noise = Noise(seed: 11)
        let signal = (0..<2 * halfLength).map { _ in
            Int32.random(in: -(1 << 30)...1 << 30, using: &noise)
        }
        let spectrum = realSpectrum(signal)
        let expected = realTransform(signal.map(Double.init))
        var squares = 0.0
        var greatest = 0.0
        for (found, exact) in zip(spectrum, expected) {
            let real = Double(found.real) - exact.real
            let imaginary = Double(found.imaginary) - exact.imaginary
            squares += real * real + imaginary * imaginary
            greatest = max(greatest, abs(real), abs(imaginary))
        }
        // Rounding of half a unit in each of up to six passes, most of it divided again: 0.29 units
        // for each part and pass, halved amplitudes at least; Q31 twiddles add 2^-31 of the signal.
        #expect((squares / Double(spectrum.count)).squareRoot() < 1)
        #expect(greatest < 3)
    }

    @Test(arguments: halfLengths)
    func fullScaleConstantAlternationAndImpulseDoNotOverflow(halfLength: Int) {
        let length = 2 * halfLength
        let full: Int32 = 1 << 30
        let constant = realSpectrum(Array(repeating: -full, count: length))
        // The mean of a constant is the constant; all other bins are zero. One unit for rounding
        // and one for the twiddle 2^31 − 1 in every pass.
        #expect(abs(constant[0].real + full) <= 8)
        let alternating = realSpectrum((0..<length).map { $0.isMultiple(of: 2) ? full : -full })
        #expect(abs(alternating[halfLength].real - full) <= 8)
        #expect(alternating[1...halfLength - 1].allSatisfy { abs($0.real) <= 8 })
        var impulse = Array(repeating: Int32(0), count: length)
        impulse[0] = full
        for bin in realSpectrum(impulse) {
            #expect(abs(bin.real - full / Int32(length)) <= 2)
            #expect(abs(bin.imaginary) <= 2)
        }
    }

    private func expectUnitRoot(_ value: ComplexInt32, _ angle: Double) {
        // Q31 rounds to half a unit; one itself becomes 2^31 − 1, a whole unit off.
        #expect(abs(Double(value.real) - cos(angle) * 0x1p31) <= 1)
        #expect(abs(Double(value.imaginary) - sin(angle) * 0x1p31) <= 1)
    }

    private func stageTwiddles(_ length: Int) -> [ComplexInt32] {
        var twiddles: [ComplexInt32] = Array(
            repeating: (real: 0, imaginary: 0),
            count: stageTwiddleCount(length: length)
        )
        var span = twiddles.mutableSpan
        fillStageTwiddles(length: length, into: &span)
        return twiddles
    }

    private func splitTwiddles(_ fftLength: Int) -> [ComplexInt32] {
        var twiddles: [ComplexInt32] = Array(
            repeating: (real: 0, imaginary: 0),
            count: fftLength / 4
        )
        var span = twiddles.mutableSpan
        fillSplitTwiddles(fftLength: fftLength, into: &span)
        return twiddles
    }

    /// The kernel's spectrum, divided by the length.
    private func realSpectrum(_ signal: [Int32]) -> [ComplexInt32] {
        let halfLength = signal.count / 2
        var block = (0..<halfLength).map {
            (real: signal[2 * $0], imaginary: signal[2 * $0 + 1])
        }
        block.append((real: 0, imaginary: 0))
        var span = block.mutableSpan
        let stages = stageTwiddles(halfLength)
        let splits = splitTwiddles(signal.count)
        fourierTransform(&span, length: halfLength, twiddles: stages.span)
        separateRealSpectrum(&span, halfLength: halfLength, twiddles: splits.span)
        return block
    }

    /// The definition of the DFT, divided by the length.
    private func realTransform(_ signal: [Double]) -> [(real: Double, imaginary: Double)] {
        let count = signal.count
        let cosines = (0..<count).map { cos(2 * Double.pi * Double($0) / Double(count)) }
        let sines = (0..<count).map { sin(2 * Double.pi * Double($0) / Double(count)) }
        return (0...count / 2).map { bin in
            var real = 0.0
            var imaginary = 0.0
            for n in 0..<count {
                real += signal[n] * cosines[bin * n % count]
                imaginary -= signal[n] * sines[bin * n % count]
            }
            return (real / Double(count), imaginary / Double(count))
        }
    }
}
