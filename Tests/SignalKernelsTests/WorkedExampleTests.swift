import FixedPointMath
import SignalKernels
import Testing

/// The examples of `Documentation/Numerics.md`, sections 1 to 3, where they are worked by hand.
@Suite struct WorkedExampleTests {
    @Test func samples() {
        var mono = [Int16](repeating: 0, count: 2)
        var monoSpan = mono.mutableSpan
        let stereo: [Int16] = [3, 4, -3, -4]
        downmix(stereo.span, channelCount: 2, into: &monoSpan)
        #expect(mono == [4, -4])

        let block: [Int16] = (0..<160).map { $0 % 2 == 0 ? 1000 : -1000 }
        #expect(blockLogVariance(block.span) == 20_899_764)
    }

    @Test func resampler() {
        let plan = ResamplerPlan(inputRate: 48_000)
        #expect(plan.tapCount == 276 && plan.phaseCount == 1)
        var coefficients = [Int32](repeating: 0, count: 276)
        var coefficientSpan = coefficients.mutableSpan
        fillResamplerCoefficients(plan, into: &coefficientSpan)
        #expect(coefficients[136...138] == [284_116_414, 335_542_634, 284_116_414])

        var history = [Int16](repeating: 0, count: 276)
        history[137] = 1000
        history[138] = -500
        var position = ResamplerPosition(firstTap: 0, phase: 0)
        var output = [Int16](repeating: 0, count: 1)
        var outputSpan = output.mutableSpan
        let count = resample(
            history.span,
            coefficients: coefficients.span,
            plan: plan,
            position: &position,
            into: &outputSpan,
            at: 0
        )
        #expect(count == 1 && output == [180])
    }

    @Test func preEmphasisAndWindow() {
        var emphasized = [Int32](repeating: 0, count: 2)
        var emphasizedSpan = emphasized.mutableSpan
        let samples: [Int16] = [1000, 2000]
        applyPreEmphasis(
            samples.span,
            previous: 0,
            coefficient: 31_785,
            into: &emphasizedSpan
        )
        #expect(emphasized[1] == 33_751_000)

        var block = [ComplexInt32](repeating: (real: 0, imaginary: 0), count: 2)
        var blockSpan = block.mutableSpan
        let signal: [Int32] = [1 << 15, 0, 0, -1 << 15]
        let window: [Int32] = [1 << 29, 1 << 30, 1 << 30, 1 << 29]
        let shift = applyWindow(
            signal.span,
            window: window.span,
            halfLength: 2,
            into: &blockSpan
        )
        #expect(shift == 15)
        #expect(block[0].real == 1 << 29 && block[1].imaginary == -1 << 29)
    }

    @Test func logarithmOfACosine() {
        #expect(binaryLogarithm(1000) == 10_449_882)

        // 16384·cos(2π·n/16), rounded, in Q30.
        let period: [Int32] = [16_384, 15_137, 11_585, 6270, 0, -6270, -11_585, -15_137]
        let signal = (0..<256).map { n in (n % 16 < 8 ? 1 : -1) * period[n % 8] << 15 }
        let window = [Int32](repeating: 1 << 30, count: 256)
        var spectrum = [ComplexInt32](repeating: (real: 0, imaginary: 0), count: 129)
        var spectrumSpan = spectrum.mutableSpan
        #expect(
            applyWindow(signal.span, window: window.span, halfLength: 128, into: &spectrumSpan)
                == 30
        )
        var stages = [ComplexInt32](
            repeating: (real: 0, imaginary: 0),
            count: stageTwiddleCount(length: 128)
        )
        var stageSpan = stages.mutableSpan
        fillStageTwiddles(length: 128, into: &stageSpan)
        var splits = [ComplexInt32](repeating: (real: 0, imaginary: 0), count: 64)
        var splitSpan = splits.mutableSpan
        fillSplitTwiddles(fftLength: 256, into: &splitSpan)
        var transformSpan = spectrum.mutableSpan
        fourierTransform(&transformSpan, length: 128, twiddles: stages.span)
        separateRealSpectrum(&transformSpan, halfLength: 128, twiddles: splits.span)
        #expect(spectrum[16].real == 268_435_634 && spectrum[16].imaginary == 0)

        var power = [UInt64](repeating: 0, count: 129)
        var powerSpan = power.mutableSpan
        computePowerSpectrum(spectrum.span, binCount: 129, into: &powerSpan)
        #expect(power[15...17] == [0, 72_057_689_600_981_956, 0])

        var energies: [UInt64] = [0]
        var energySpan = energies.mutableSpan
        let firstBins: [Int32] = [15]
        let binCounts: [Int32] = [3]
        let weights: [UInt16] = [16_384, 24_576, 8192]
        applyMelFilterBank(
            power.span,
            firstBins: firstBins.span,
            binCounts: binCounts.span,
            weights: weights.span,
            into: &energySpan
        )
        #expect(energies == [54_043_267_200_736_467])
        #expect(binaryLogarithm(energies[0]) == 58_285_060)
        #expect(naturalLogarithm(energies[0], exponent: -44) == 8_420_155)
    }

    @Test func silenceInTheShippedModel() {
        var coefficient: [Int32] = [0]
        var coefficientSpan = coefficient.mutableSpan
        let floors = [Int32](repeating: -18 << 20, count: 48)
        let row = [Int32](repeating: 154_981_283, count: 48)
        applyCosineTransform(
            floors.span,
            matrix: row.span,
            melBinCount: 48,
            cepstralCount: 1,
            into: &coefficientSpan
        )
        #expect(coefficient == [-130_765_458])

        var output: [Int16] = [0]
        var outputSpan = output.mutableSpan
        let weight: [Int32] = [2448]
        scaleChannels(
            coefficient.span,
            weights: weight.span,
            fractionBits: 10,
            into: &outputSpan,
            at: 0
        )
        #expect(output == [-4770])
    }

    @Test func extraChannels() {
        let crossing: [Int16] = [1, -1, -1, 0]
        #expect(zeroCrossingRate(crossing.span) == 699_051)
        let half = [Int16](repeating: 16_384, count: 4)
        #expect(logRootMeanSquare(half.span, floor: -9 << 20) == -726_817)
    }

    @Test func normalisation() {
        var centred: [Int16] = [100, 201, 300, 400]
        var centredSpan = centred.mutableSpan
        subtractMean(&centredSpan, frameCount: 4, channelCount: 1)
        #expect(centred == [-150, -49, 50, 150])

        var normalized: [Int16] = [100, 200, 300, 400]
        var normalizedSpan = normalized.mutableSpan
        subtractMeanAndDivideByDeviation(
            &normalizedSpan,
            frameCount: 4,
            channelCount: 1,
            fractionBits: 10
        )
        #expect(integerSquareRoot(204_800_000) == 14_310)
        #expect(normalized == [-1374, -458, 458, 1374])

        // The last two of them, and of the first two their sums: 100 + 200 and 100² + 200².
        var later: [Int16] = [300, 400]
        var laterSpan = later.mutableSpan
        let remembered: [Int64] = [300, 50_000]
        subtractMeanAndDivideByDeviation(
            &laterSpan,
            frameCount: 2,
            channelCount: 1,
            fractionBits: 10,
            remembered: remembered.span,
            rememberedCount: 2
        )
        #expect(later == [458, 1374])

        var alone: [Int16] = [300, 400]
        var aloneSpan = alone.mutableSpan
        subtractMeanAndDivideByDeviation(
            &aloneSpan,
            frameCount: 2,
            channelCount: 1,
            fractionBits: 10
        )
        // A deviation of 50 units counts as 64.
        #expect(alone == [-800, 800])
    }

    @Test func requantisation() {
        #expect(saturatingRoundingDoublingHighMultiply(-1955, 1_511_828_488) == -1376)
        #expect(requantize(-1955, multiplier: 1_511_828_488, shift: -7) == -11)
    }
}
