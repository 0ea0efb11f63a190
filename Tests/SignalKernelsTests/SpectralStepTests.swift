import FixedPointMath
import Foundation
import SignalKernels
import Testing

/// The steps around the transform, against exact integers or double precision.
@Suite struct SpectralStepTests {
    @Test func preEmphasisIsExactAtTheLimits() {
        let samples: [Int16] = [-32768, 32767, -32768, 0, 1]
        var output: [Int32] = Array(repeating: 77, count: 6)
        var span = output.mutableSpan
        applyPreEmphasis(samples.span, previous: 32767, coefficient: 32767, into: &span)
        // By hand: x·2^15 − 32767·previous.
        let previous = [32767, -32768, 32767, -32768, 0]
        for n in 0..<5 {
            #expect(Int(output[n]) == Int(samples[n]) * 32768 - 32767 * previous[n])
        }
        #expect(output[5] == 77)
    }

    @Test func windowingUsesAllBitsHoweverQuietTheFrame() {
        var noise = Noise(seed: 3)
        for level in 0..<31 {
            let signal = (0..<101).map { _ in
                Int32.random(in: -(1 << level)...1 << level, using: &noise)
            }
            let window = (0..<101).map { Int32($0) << 23 }
            var output: [ComplexInt32] = Array(repeating: (real: 9, imaginary: 9), count: 130)
            let shift = windowed(signal, window, 128, &output)
            guard let shift else {
                Issue.record("level \(level) counts as silence")
                continue
            }
            let flat = output.prefix(128).flatMap { [$0.real, $0.imaginary] }
            let greatest = flat.map { abs(Int64($0)) }.max() ?? 0
            #expect(greatest <= 1 << 30 && greatest >= 1 << 29)
            for n in 0..<256 {
                let product = n < 101 ? Double(signal[n]) * Double(window[n]) : 0
                #expect(abs(Double(flat[n]) - product / pow(2, Double(shift))) <= 0.5)
            }
            #expect(output[128].real == 9 && output[129].imaginary == 9)
        }
    }

    @Test func windowingTellsSilence() {
        var output: [ComplexInt32] = Array(repeating: (real: 9, imaginary: 9), count: 64)
        let zeros = Array(repeating: Int32(0), count: 128)
        let ones = Array(repeating: Int32(1), count: 128)
        #expect(windowed(zeros, ones, 64, &output) == nil)
        #expect(output[0].real == 9)
        // The least negative product, −1, has no bits in the union of magnitudes.
        #expect(windowed(zeros.dropLast() + [-1], ones, 64, &output) == -30)
        #expect(output[63].imaginary == -(1 << 30))
    }

    @Test func powerIsExact() {
        let spectrum: [ComplexInt32] = [
            (real: 1 << 30, imaginary: 0), (real: -3, imaginary: 4),
            (real: -(1 << 29), imaginary: 1 << 29),
        ]
        var power = [UInt64](repeating: 5, count: 4)
        var span = power.mutableSpan
        computePowerSpectrum(spectrum.span, binCount: 3, into: &span)
        #expect(power == [1 << 60, 25, 1 << 59, 5])
    }

    @Test func melEnergiesAreTheExactSumsRoundedDown() {
        var noise = Noise(seed: 5)
        let power = (0..<1025).map { _ in UInt64.random(in: 0...1 << 50, using: &noise) }
        let firstBins: [Int32] = [0, 3, 500]
        let binCounts: [Int32] = [1, 200, 525]
        let weights = (0..<726).map { _ in UInt16.random(in: 0...32768, using: &noise) }
        var energies = [UInt64](repeating: 5, count: 4)
        var span = energies.mutableSpan
        applyMelFilterBank(
            power.span,
            firstBins: firstBins.span,
            binCounts: binCounts.span,
            weights: weights.span,
            into: &span
        )
        var position = 0
        for filter in 0..<3 {
            // 2^50 · 2^15 · 525 does not fit 64 bits: the reference has 128.
            var sum: UInt128 = 0
            for k in 0..<Int(binCounts[filter]) {
                sum += UInt128(power[Int(firstBins[filter]) + k]) * UInt128(weights[position])
                position += 1
            }
            #expect(UInt128(energies[filter]) == sum >> 15)
        }
        #expect(energies[3] == 5)
    }

    @Test func naturalLogarithmIsRightToItsStatedError() {
        var noise = Noise(seed: 8)
        var values: [UInt64] = [1, 2, 3, .max, .max - 1, 1 << 32]
        values += (0..<63).map { 1 << UInt64($0) }
        values += (0..<20_000).map { _ in
            let value = UInt64.random(in: 1 ... .max, using: &noise)
            return max(1, value >> UInt64.random(in: 0...63, using: &noise))
        }
        for value in values {
            let found = Double(naturalLogarithm(value, exponent: -100)) / 1_048_576
            let expected = log(Double(value)) - 100 * log(2.0)
            // 8e-7 of the kernel's doc comment, and half a unit of the last rounding.
            #expect(abs(found - expected) < 1.3e-6)
        }
    }

    @Test func logEnergiesStopAtTheFloor() {
        let energies: [UInt64] = [0, 1, 1 << 60]
        let offsets: [Int32] = [1 << 22, 0, -(1 << 20)]
        var output = [Int32](repeating: 5, count: 4)
        var span = output.mutableSpan
        computeLogEnergies(
            energies.span,
            exponent: -60,
            offsets: offsets.span,
            floor: -20 << 20,
            into: &span
        )
        // ln(2^-60) = −41.6 lies below the floor of −20; ln(1) − 1 = −1.
        #expect(output == [-20 << 20, -20 << 20, -(1 << 20), 5])
    }

    @Test func cosineTransformRoundsOnceAndSaturates() {
        let values: [Int32] = [1 << 20, -(1 << 20), 3]
        let matrix: [Int32] = [1 << 29, 0, 0, 0, 1 << 28, 1 << 29]
        var output = [Int32](repeating: 5, count: 3)
        var span = output.mutableSpan
        applyCosineTransform(
            values.span,
            matrix: matrix.span,
            melBinCount: 3,
            cepstralCount: 2,
            into: &span
        )
        // 2^20 / 2, and −2^20 / 4 + 3 / 2 = −262142.5, rounded half up.
        #expect(output == [1 << 19, -262_142, 5])
        let large = Array(repeating: Int32(40 << 20), count: 128)
        let ones = Array(repeating: Int32(1 << 30), count: 128)
        var limit = [Int32](repeating: 0, count: 1)
        var limitSpan = limit.mutableSpan
        applyCosineTransform(
            large.span,
            matrix: ones.span,
            melBinCount: 128,
            cepstralCount: 1,
            into: &limitSpan
        )
        #expect(limit == [Int32.max])
    }

    @Test func scalingRoundsSaturatesAndKeepsTheRest() {
        let channels: [Int32] = [1 << 20, 200 << 20, -200 << 20, 3 << 11]
        let weights: [Int32] = [1 << 16, 1 << 16, 1 << 16, 1 << 15]
        var output = [Int16](repeating: 7, count: 7)
        var span = output.mutableSpan
        scaleChannels(channels.span, weights: weights.span, fractionBits: 8, into: &span, at: 2)
        // 3·2^11 / 2^20 · 1/2 in Q8 is 0.75, rounded to 1.
        #expect(output == [7, 7, 256, 32767, -32768, 1, 7])
    }

    private func windowed(
        _ signal: [Int32],
        _ window: [Int32],
        _ halfLength: Int,
        _ output: inout [ComplexInt32]
    ) -> Int? {
        var span = output.mutableSpan
        return applyWindow(signal.span, window: window.span, halfLength: halfLength, into: &span)
    }
}
