import AcceleratedKernels
import Foundation
import SignalKernels
import Testing

/// No step of the front end overflows: each is driven to the ends of its range and held to
/// arithmetic of 128 bits, or, where it rounds more than once, to double precision.
///
/// A step that is linear in each of its arguments is greatest where all of them stand at the ends of
/// their ranges, so that such sweeps are complete; what shifts or rounds is swept over every bit
/// length. In release whole, in debug, where `assert` watches, a share.
@Suite struct OverflowTests {
    #if DEBUG
        private static let step = 37
    #else
        private static let step = 1
    #endif

    /// Powers of two up to a limit and their neighbours, of both signs, and zero.
    private static func edges(_ highest: Int) -> [Int32] {
        let powers = (0...highest).flatMap { [(1 << $0) - 1, 1 << $0, (1 << $0) + 1] }
        let inside = Set(powers).filter { $0 <= 1 << highest && $0 <= Int(Int32.max) }
        return (inside + inside.map { -$0 }).sorted().map { Int32($0) }
    }

    // MARK: Samples

    /// `y` is linear in both samples and in the coefficient.
    @Test func preEmphasisIsExactForEverySample() {
        let every = stride(from: Int(Int16.min), through: Int(Int16.max), by: Self.step).map {
            Int16($0)
        }
        var output = [Int32](repeating: 0, count: 2)
        var wrong = 0
        for coefficient: Int32 in [0, 1, 31_785, 32_767] {
            for before: Int16 in [.min, -1, 0, 1, .max] {
                for sample in every + [.max] {
                    let samples = [sample, before]
                    var span = output.mutableSpan
                    applyPreEmphasis(
                        samples.span,
                        previous: before,
                        coefficient: coefficient,
                        into: &span
                    )
                    let first = Int(sample) * 32768 - Int(coefficient) * Int(before)
                    let second = Int(before) * 32768 - Int(coefficient) * Int(sample)
                    if Int(output[0]) != first || Int(output[1]) != second { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
    }

    /// The mean of two is linear; the ends of 32 channels are the ends of the sum.
    @Test func downmixIsExactAtTheEnds() {
        var wrong = 0
        var output: [Int16] = [0]
        for first in stride(from: Int(Int16.min), through: Int(Int16.max), by: Self.step) {
            for second in [Int(Int16.min), -1, 0, 1, Int(Int16.max)] {
                let samples = [Int16(first), Int16(second)]
                var span = output.mutableSpan
                downmix(samples.span, channelCount: 2, into: &span)
                let exact = (Double(first + second) / 2).rounded(.toNearestOrAwayFromZero)
                if Double(output[0]) != exact { wrong += 1 }
            }
        }
        for count in 1...32 {
            for value: Int16 in [.min, .max] {
                let samples = [Int16](repeating: value, count: count)
                var span = output.mutableSpan
                downmix(samples.span, channelCount: count, into: &span)
                if output[0] != value { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// The longest blocks at the loudest: sums reach their bounds.
    @Test func levelsAndCrossingsHoldTheLongestBlocks() {
        let count = 65_536
        for (low, high) in [(Int16.min, Int16.max), (.min, .min), (.max, .max), (.min, 0), (-1, 0)]
        {
            let samples = (0..<count).map { $0.isMultiple(of: 2) ? low : high }
            let mean = (Double(low) + Double(high)) / 2
            let square = (Double(low) * Double(low) + Double(high) * Double(high)) / 2
            let variance = max(square - mean * mean, 1.0 / 16)
            let level = Double(blockLogVariance(samples.span)) / 1_048_576
            // 3 units of the kernel's doc comment.
            #expect(abs(level - log2(variance)) < 3.1 / 1_048_576)
            let loudness = Double(logRootMeanSquare(samples.span, floor: -40 << 20)) / 1_048_576
            #expect(abs(loudness - log((square / 0x1p30).squareRoot())) < 2e-6)
            let crosses = (low < 0) != (high < 0)
            #expect(zeroCrossingRate(samples.span) == (crosses ? 1 << 20 : 0))
        }
    }

    /// The greatest sum that a row of coefficients can give, in every phase of ordinary rates.
    @Test(arguments: [8000, 11_025, 12_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000, 8001])
    func resamplerSaturatesWhateverTheSignsOfItsInput(rate: Int) {
        let plan = ResamplerPlan(inputRate: rate)
        var table = [Int32](repeating: 0, count: plan.rowCount * plan.tapCount)
        var tableSpan = table.mutableSpan
        fillResamplerCoefficients(plan, into: &tableSpan)
        var wrong = 0
        // Below 16 kHz one history may give two.
        var output: [Int16] = [0, 0]
        for phase in stride(from: 0, to: plan.interpolation, by: plan.isInterpolated ? 97 : 1) {
            let row = plan.isInterpolated ? phase * plan.phaseCount / plan.interpolation : phase
            let coefficients = table[row * plan.tapCount..<(row + 1) * plan.tapCount]
            for sign in [1, -1] {
                let history = coefficients.map {
                    ($0 < 0) == (sign < 0) ? Int16.max : Int16.min
                }
                var position = ResamplerPosition(firstTap: 0, phase: phase)
                var span = output.mutableSpan
                let count = resample(
                    history.span,
                    coefficients: table.span,
                    plan: plan,
                    position: &position,
                    into: &span,
                    at: 0
                )
                if count == 0 || output[0] != (sign < 0 ? Int16.min : .max) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// The bound of the resampler's proof, 4, over the range of rates; they reach 2.5.
    @Test func resamplerRowsStayBelowTheirBound() {
        #if DEBUG
            let step = 18_401
        #else
            let step = 401
        #endif
        var greatest = 0
        for rate in stride(from: 8000, through: 192_000, by: step) {
            let plan = ResamplerPlan(inputRate: rate)
            var table = [Int32](repeating: 0, count: plan.rowCount * plan.tapCount)
            var span = table.mutableSpan
            fillResamplerCoefficients(plan, into: &span)
            for row in 0..<plan.rowCount {
                var sum = 0
                for tap in row * plan.tapCount..<(row + 1) * plan.tapCount {
                    sum += abs(Int(table[tap]))
                }
                greatest = max(greatest, sum)
            }
        }
        #expect(greatest < 3 << 30)
    }

    // MARK: Spectrum

    /// Every bit length of signal and window, alone and beside the loudest and the quietest sample.
    @Test(arguments: KernelVariant.available)
    func windowIsExactAtEveryBlockShift(_ variant: KernelVariant) {
        // Pre-emphasis gives at most 2^30 + 2^15·(2^15 − 1).
        let loudest = Int32(1 << 31 - 1 << 15)
        let signals = Self.edges(30) + [loudest, -loudest]
        let windows = Self.edges(30).filter { $0 >= 0 }
        var shifts: Set<Int> = []
        var wrong = 0
        var index = 0
        for signal in signals {
            for window in windows {
                index += 1
                guard index.isMultiple(of: Self.step) else { continue }
                for (other, factor) in [(Int32(0), Int32(0)), (loudest, 1 << 30), (-1, 1)] {
                    let products = [
                        Int128(signal) * Int128(window), Int128(other) * Int128(factor),
                    ]
                    let frame = [
                        signal, other, signal, other, signal, other, signal, other, signal,
                    ]
                    let curve = [window, factor, window, factor, window, factor, window, factor]
                    var output = [ComplexInt32](repeating: (real: 5, imaginary: 5), count: 5)
                    var span = output.mutableSpan
                    let shift = variant.applyWindow(
                        frame.span,
                        window: (curve + [window]).span,
                        halfLength: 5,
                        into: &span
                    )
                    guard let shift else {
                        if products != [0, 0] { wrong += 1 }
                        continue
                    }
                    shifts.insert(shift)
                    let exact = products.map { product -> Int128 in
                        guard shift > 0 else { return product << Int128(-shift) }
                        return (product + 1 << Int128(shift - 1)) >> Int128(shift)
                    }
                    let found = output.flatMap { [Int128($0.real), Int128($0.imaginary)] }
                    for n in 0..<10 where found[n] != (n == 9 ? 0 : exact[n % 2]) { wrong += 1 }
                    let greatest = max(exact[0].magnitude, exact[1].magnitude)
                    if greatest > 1 << 30 || greatest < 1 << 29 { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
        #if !DEBUG
            #expect(shifts == Set(-30...31))
        #endif
    }

    /// Transforms of complex blocks whose parts are ±2^30 with the signs that make one part of one
    /// bin greatest: Σ(|cos| + |sin|) / N of full scale, 4/π for long ones.
    ///
    /// What a pass leaves between is a bin of a shorter transform of some of the samples, and all
    /// lengths are swept.
    @Test(arguments: KernelVariant.available, [4, 8, 16, 32, 64, 128, 256, 512, 1024])
    func transformHoldsTheGreatestOfEveryBin(_ variant: KernelVariant, length: Int) {
        let stages = Self.twiddles(stageTwiddleCount(length: length)) {
            fillStageTwiddles(length: length, into: &$0)
        }
        let (cosines, sines) = Self.circle(length)
        var greatest = 0.0
        var worst = 0.0
        for bin in stride(from: 0, to: length, by: length < 64 ? 1 : Self.step) {
            // The real part of bin k is Σ re·cos + im·sin, the imaginary part Σ im·cos − re·sin.
            for isReal in [true, false] {
                var block: [ComplexInt32] = []
                var exact = 0.0
                for n in 0..<length {
                    let (c, s) = (cosines[bin * n % length], sines[bin * n % length])
                    let (forReal, forImaginary) = isReal ? (c, s) : (-s, c)
                    block.append(
                        (
                            real: forReal < 0 ? -(1 << 30) : 1 << 30,
                            imaginary: forImaginary < 0 ? -(1 << 30) : 1 << 30
                        )
                    )
                    exact += (abs(forReal) + abs(forImaginary)) * 0x1p30 / Double(length)
                }
                var span = block.mutableSpan
                variant.fourierTransform(&span, length: length, twiddles: stages.span)
                let found = Double(isReal ? block[bin].real : block[bin].imaginary)
                greatest = max(greatest, found)
                worst = max(worst, abs(found - exact))
            }
        }
        // Moduli of 2^30.5, and less than three units of rounding (`FourierTransformTests`).
        #expect(greatest <= 0x1p30 * 2.0.squareRoot() + 3)
        // A twiddle of 2^31 − 1 for one is a unit off in each of five passes.
        #expect(worst < 10)
    }

    /// Real signals of ±2^30 with the signs that make one part of one bin greatest.
    @Test(arguments: KernelVariant.available, [256, 512, 1024, 2048])
    func realSpectrumHoldsTheGreatestOfEveryBin(_ variant: KernelVariant, length: Int) {
        let half = length / 2
        let stages = Self.twiddles(stageTwiddleCount(length: half)) {
            fillStageTwiddles(length: half, into: &$0)
        }
        let splits = Self.twiddles(length / 4) { fillSplitTwiddles(fftLength: length, into: &$0) }
        let (cosines, sines) = Self.circle(length)
        var greatest = 0.0
        var worst = 0.0
        var power = [UInt64](repeating: 0, count: half + 1)
        for bin in stride(from: 0, through: half, by: Self.step) {
            for table in [cosines, sines.map { -$0 }] {
                let signal = (0..<length).map {
                    table[bin * $0 % length] < 0 ? Int32(-(1 << 30)) : 1 << 30
                }
                var block = (0..<half).map {
                    (real: signal[2 * $0], imaginary: signal[2 * $0 + 1])
                }
                block.append((real: 0, imaginary: 0))
                var span = block.mutableSpan
                variant.fourierTransform(&span, length: half, twiddles: stages.span)
                variant.separateRealSpectrum(&span, halfLength: half, twiddles: splits.span)
                let exact = (0..<length).reduce(0.0) { $0 + abs(table[bin * $1 % length]) }
                let found = table == cosines ? block[bin].real : block[bin].imaginary
                worst = max(worst, abs(Double(found) - exact * 0x1p30 / Double(length)))
                var powerSpan = power.mutableSpan
                computePowerSpectrum(block.span, binCount: half + 1, into: &powerSpan)
                greatest = max(greatest, power.reduce(0) { $0 + Double($1) })
            }
        }
        #expect(worst < 10)
        // By Parseval the bins of half a spectrum sum to at most the mean square, 2^60; bin 0 and
        // the last one stand for themselves alone. A unit of rounding a bin comes on top.
        #expect(greatest < 0x1p60 * 1.001)
    }

    @Test func powersAreExactForEveryBitLength() {
        let edges = Self.edges(30)
        var wrong = 0
        var power: [UInt64] = [0]
        for (index, real) in edges.enumerated() where index.isMultiple(of: min(Self.step, 5)) {
            for imaginary in edges {
                let bin: [ComplexInt32] = [(real: real, imaginary: imaginary)]
                var span = power.mutableSpan
                computePowerSpectrum(bin.span, binCount: 1, into: &span)
                let exact = Int128(real) * Int128(real) + Int128(imaginary) * Int128(imaginary)
                if Int128(power[0]) != exact { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// All of the power that a frame can hold, in one bin or spread over many, with low bits that
    /// are all ones.
    @Test func melEnergiesHoldAllThePowerOfAFrame() {
        let count = 1025
        let full: UInt64 = 1 << 61
        var spectra = [
            [UInt64](repeating: full / UInt64(count) | 0x7FFF, count: count),
            [UInt64](repeating: 0x7FFF, count: count),
        ]
        for bin in stride(from: 0, to: count, by: Self.step) {
            var single = [UInt64](repeating: 0, count: count)
            single[bin] = full - 1
            spectra.append(single)
        }
        var wrong = 0
        var energies: [UInt64] = [0]
        for weight: UInt16 in [1, 0x7FFF, 0x8000] {
            let weights = [UInt16](repeating: weight, count: count)
            for power in spectra {
                var span = energies.mutableSpan
                applyMelFilterBank(
                    power.span,
                    firstBins: ([0] as [Int32]).span,
                    binCounts: ([Int32(count)] as [Int32]).span,
                    weights: weights.span,
                    into: &span
                )
                let exact = power.reduce(UInt128(0)) { $0 + UInt128($1) * UInt128(weight) } >> 15
                if UInt128(energies[0]) != exact { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// Every bit length at every exponent that the range admits; mantissas are swept in
    /// `FunctionTests`.
    @Test func naturalLogarithmsHoldEveryExponent() {
        var worst = 0.0
        var greatest: Int32 = 0
        for exponent in -200...200 {
            for bits in stride(from: 0, to: 64, by: Self.step > 1 ? 7 : 1) {
                for value in [1 << UInt64(bits), ~UInt64(0) >> UInt64(63 - bits)] {
                    let found = naturalLogarithm(value, exponent: exponent)
                    let exact = log(Double(value)) + Double(exponent) * log(2.0)
                    worst = max(worst, abs(Double(found) / 1_048_576 - exact))
                    greatest = max(greatest, abs(found))
                }
            }
        }
        // 8e-7 of the kernel's doc comment, half a unit of the last rounding, and ln 2 in Q30, at
        // most 4e-10 off, times 264.
        #expect(worst < 1.4e-6)
        #expect(greatest < 1 << 28)
    }

    // MARK: Rows of features

    /// Products are linear in energies and matrix: the ends are the ends of the sum.
    @Test func cosineTransformHoldsItsGreatestSums() {
        var wrong = 0
        var output: [Int32] = [0]
        for energy: Int32 in [-40 << 20, 40 << 20, 40 << 20 - 1, 1] {
            for factor: Int32 in [-(1 << 30), 1 << 30, 1 << 30 - 1, 1 << 29, 1] {
                for count in [8, 127, 128] {
                    let energies = [Int32](repeating: energy, count: count)
                    let matrix = [Int32](repeating: factor, count: count)
                    var span = output.mutableSpan
                    applyCosineTransform(
                        energies.span,
                        matrix: matrix.span,
                        melBinCount: count,
                        cepstralCount: 1,
                        into: &span
                    )
                    let sum = Int128(energy) * Int128(factor) * Int128(count)
                    let exact = (sum + 1 << 29) >> 30
                    let limited = min(max(exact, Int128(Int32.min)), Int128(Int32.max))
                    if Int128(output[0]) != limited { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test func scaledChannelsHoldEveryBitLength() {
        let channels = Self.edges(30) + [.min, .max]
        let weights = Self.edges(30)
        var wrong = 0
        var output: [Int16] = [0]
        for fractionBits in [0, 4, 8, 11, 14, 15] {
            for (index, channel) in channels.enumerated() where index.isMultiple(of: Self.step) {
                for weight in weights {
                    var span = output.mutableSpan
                    scaleChannels(
                        [channel].span,
                        weights: [weight].span,
                        fractionBits: fractionBits,
                        into: &span,
                        at: 0
                    )
                    let shift = Int128(36 - fractionBits)
                    let exact = (Int128(channel) * Int128(weight) + 1 << (shift - 1)) >> shift
                    if Int128(output[0]) != min(max(exact, -32768), 32767) { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
    }

    /// The exact quotient of both normalisations, at the ends of Int16 and of the frame counts, with and
    /// without frames that are remembered.
    @Test(arguments: [
        (1, 0), (2, 0), (3, 0), (2047, 0), (2048, 0), (4096, 0), (1, 1), (1, 2048), (187, 1861),
        (2048, 2047), (2048, 2048), (1, 4095),
    ])
    func normalisationIsExactAtTheEnds(frameCount: Int, rememberedCount: Int) {
        let total = frameCount + rememberedCount
        let patterns: [(Int) -> Int16] = [
            { $0.isMultiple(of: 2) ? .max : .min }, { _ in .min }, { _ in .max },
            { $0 == 0 ? .max : .min }, { $0 == 0 ? .min : .max }, { $0 == 0 ? 1 : 0 },
            { $0 < frameCount ? .max : .min }, { $0 < total / 2 ? .min : .max },
            { Int16(truncatingIfNeeded: 16_381 &* $0) },
        ]
        var wrong = 0
        for pattern in patterns {
            let all = (0..<total).map(pattern)
            let values = Array(all[..<frameCount])
            let exact = all.map { Int128($0) }
            let count = Int128(total)
            let sum = exact.reduce(0, +)
            let earlier = all[frameCount...].map { Int64($0) }
            let remembered = [earlier.reduce(0, +), earlier.reduce(0) { $0 + $1 * $1 }]
            var frames = values
            var span = frames.mutableSpan
            subtractMean(
                &span,
                frameCount: frameCount,
                channelCount: 1,
                remembered: remembered.span,
                rememberedCount: rememberedCount
            )
            for n in 0..<frameCount
            where Int128(frames[n]) != Self.quotient(exact[n] * count - sum, count) { wrong += 1 }

            let variance = count * exact.reduce(0) { $0 + $1 * $1 } - sum * sum
            for fractionBits in [4, 11, 14] {
                // The floor of the root of an integer below 2^64.
                var root = Int128(Double(variance << 10).squareRoot())
                while root * root > variance << 10 { root -= 1 }
                while (root + 1) * (root + 1) <= variance << 10 { root += 1 }
                let deviation = max(root, count << Int128(fractionBits + 1))
                frames = values
                var span = frames.mutableSpan
                subtractMeanAndDivideByDeviation(
                    &span,
                    frameCount: frameCount,
                    channelCount: 1,
                    fractionBits: fractionBits,
                    remembered: remembered.span,
                    rememberedCount: rememberedCount
                )
                for n in 0..<frameCount {
                    let numerator = (exact[n] * count - sum) << Int128(fractionBits + 5)
                    if Int128(frames[n]) != Self.quotient(numerator, deviation) { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
    }

    /// Rounded half away from zero and limited to Int16.
    private static func quotient(_ value: Int128, _ divisor: Int128) -> Int128 {
        let half = value < 0 ? -(divisor / 2) : divisor / 2
        return min(max((value + half) / divisor, -32768), 32767)
    }

    private static func twiddles(
        _ count: Int,
        _ fill: (inout MutableSpan<ComplexInt32>) -> Void
    ) -> [ComplexInt32] {
        var twiddles = [ComplexInt32](repeating: (real: 0, imaginary: 0), count: count)
        var span = twiddles.mutableSpan
        fill(&span)
        return twiddles
    }

    private static func circle(_ count: Int) -> (cosines: [Double], sines: [Double]) {
        let angles = (0..<count).map { 2 * Double.pi * Double($0) / Double(count) }
        return (angles.map { cos($0) }, angles.map { sin($0) })
    }
}
