import Features
import Foundation
import TestSupport
import Testing

/// The resampler as a user hears it: pass band, stop band, pieces, limits.
@Suite struct ResamplerTests {
    static let rates = [8000, 11_025, 22_050, 37_813, 44_100, 48_000, 96_000, 192_000]

    @Test(arguments: rates)
    func passBandIsFlatTo7Kilohertz(rate: Int) throws {
        let top = min(7000, 0.4375 * Double(rate))
        for frequency in [50, top / 2, top] {
            let output = try resample(sine(frequency, rate: rate), rate)
            let (amplitude, rest) = fit(output, frequency)
            // The brief's 0.1 dB, which a window of 90 dB holds a hundred times over.
            #expect(abs(20 * log10(amplitude / 30_000)) < 0.001)
            // Images and rounding together: 90 dB of the filter, 98 dB of 16 bits.
            #expect(20 * log10(rest / 30_000) < -88)
        }
    }

    @Test(arguments: rates.filter { $0 > 16_000 })
    func stopBandIs90DecibelsDownFrom8Kilohertz(rate: Int) throws {
        for frequency in stride(from: 8000, to: min(Double(rate) / 2, 24_000), by: 1777.7) {
            let output = try resample(sine(frequency, rate: rate), rate)
            let power = output.dropFirst(100).dropLast(100).reduce(0) { $0 + $1 * $1 }
            let rms = (power / Double(output.count - 200)).squareRoot()
            #expect(20 * log10(max(rms, 0.1) / (30_000 / 2.0.squareRoot())) < -88)
        }
    }

    @Test(arguments: rates + [16_000, 8001])
    func outputDoesNotDependOnThePieces(rate: Int) throws {
        var state: UInt32 = 9
        let samples = (0..<6000).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int16(truncatingIfNeeded: state >> 16)
        }
        let whole = try convert(samples, rate)
        for piece in [1, 7, 480, 4096] {
            #expect(try convert(samples, rate, piece: piece) == whole)
        }
        // One output for every begun output period of the input.
        #expect(whole.count == (samples.count * 16_000 + rate - 1) / rate)
    }

    @Test(arguments: rates)
    func constantsPassUnchangedAndSquaresSaturate(rate: Int) throws {
        for value: Int16 in [1, -1, 32767, -32768] {
            let output = try convert(Array(repeating: value, count: 4096 + rate / 50), rate)
            // Away from the ends, where silence comes in.
            #expect(output.dropFirst(100).dropLast(100).allSatisfy { $0 == value })
        }
        let period = max(2, rate / 500)
        let square = (0..<8192).map { $0 % period < period / 2 ? Int16.max : Int16.min }
        let output = try convert(square, rate)
        // A band-limited square overshoots full scale, which must saturate and never wrap: beside
        // the edges every half period keeps its sign.
        #expect(output.contains(.max) && output.contains(.min))
        for (n, sample) in output.dropLast(50).enumerated() {
            let position = Double(n) * Double(rate) / 16_000
            let phase = position.truncatingRemainder(dividingBy: Double(period)) / Double(period)
            if phase > 0.1 && phase < 0.4 { #expect(sample > 20_000) }
            if phase > 0.6 && phase < 0.9 { #expect(sample < -20_000) }
        }
    }

    @Test func sixteenKilohertzIsCopied() throws {
        let samples: [Int16] = [5, -32768, 32767, 0, 1]
        #expect(try convert(samples, 16_000) == samples)
    }

    @Test func resetForgets() throws {
        var resampler = try Resampler(inputRate: 44_100)
        let noise = (0..<3000).map { Int16(truncatingIfNeeded: $0 &* 7919) }
        var output = [Int16](repeating: 0, count: resampler.outputCapacity(forInputCount: 3000))
        var span = output.mutableSpan
        _ = resampler.process(noise.span, into: &span)
        resampler.reset()
        let count = resampler.process(noise.span, into: &span)
        let fresh = try convert(noise, 44_100)
        #expect(Array(output.prefix(count)) == Array(fresh.prefix(count)))
    }

    @Test(arguments: [0, 7999, 192_001])
    func ratesOutsideAreRefused(rate: Int) {
        #expect(throws: FeaturesError.unsupportedRate(hertz: rate)) {
            _ = try Resampler(inputRate: rate)
        }
    }

    private func sine(_ frequency: Double, rate: Int) -> [Int16] {
        (0..<rate / 4).map { n in
            let angle = 2 * Double.pi * frequency * Double(n) / Double(rate)
            return Int16((30_000 * sin(angle)).rounded())
        }
    }

    /// Amplitude of a sine in the middle of a signal by least squares, and the root mean square of
    /// what is not that sine.
    private func fit(_ output: [Double], _ frequency: Double) -> (Double, Double) {
        let middle = Array(output.dropFirst(100).dropLast(100))
        let angles = middle.indices.map { 2 * Double.pi * frequency * Double($0) / 16_000 }
        var (ss, sc, cc, sy, cy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (angle, y) in zip(angles, middle) {
            let (s, c) = (sin(angle), cos(angle))
            ss += s * s
            sc += s * c
            cc += c * c
            sy += s * y
            cy += c * y
        }
        let determinant = ss * cc - sc * sc
        let a = (sy * cc - cy * sc) / determinant
        let b = (cy * ss - sy * sc) / determinant
        let rest = zip(angles, middle).reduce(0.0) { sum, pair in
            let error = pair.1 - a * sin(pair.0) - b * cos(pair.0)
            return sum + error * error
        }
        return ((a * a + b * b).squareRoot(), (rest / Double(middle.count)).squareRoot())
    }

    private func resample(_ samples: [Int16], _ rate: Int) throws -> [Double] {
        try convert(samples, rate).map(Double.init)
    }

    /// Converts a whole signal in pieces; the output buffers are longer than needed and their tails
    /// must stay untouched.
    private func convert(_ samples: [Int16], _ rate: Int, piece: Int = 4096) throws -> [Int16] {
        var resampler = try Resampler(inputRate: rate)
        var result: [Int16] = []
        var position = 0
        let capacity = max(
            resampler.outputCapacity(forInputCount: piece),
            resampler.finishCapacity
        )
        var output = [Int16](repeating: 0x5A5A, count: capacity + 3)
        while position < samples.count {
            let end = min(position + piece, samples.count)
            var span = output.mutableSpan
            let count = resampler.process(
                samples.span.extracting(position..<end),
                into: &span
            )
            precondition(count <= resampler.outputCapacity(forInputCount: end - position))
            result += output.prefix(count)
            position = end
        }
        var span = output.mutableSpan
        let count = resampler.finish(into: &span)
        result += output.prefix(count)
        precondition(output.suffix(3) == [0x5A5A, 0x5A5A, 0x5A5A])
        return result
    }
}
