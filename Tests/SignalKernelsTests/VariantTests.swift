import AcceleratedKernels
import SignalKernels
import Testing

/// Every variant of the spectral steps against the reference, bit for bit.
@Suite struct VariantTests {
    static let variants = KernelVariant.available.filter { !$0.isReference }
    static let lengths = [4, 8, 16, 32, 64, 128, 256, 512, 1024]

    private func block(_ noise: inout Noise, _ count: Int, _ magnitude: Int32) -> [ComplexInt32] {
        (0..<count).map { _ in
            (real: noise.next(magnitude), imaginary: noise.next(magnitude))
        }
    }

    private func words(_ block: [ComplexInt32]) -> [Int32] {
        block.flatMap { [$0.real, $0.imaginary] }
    }

    @Test(arguments: variants, lengths)
    func transformAnswersLikeTheReference(_ variant: KernelVariant, length: Int) {
        var twiddles = [ComplexInt32](
            repeating: (real: 0, imaginary: 0),
            count: stageTwiddleCount(length: length)
        )
        var twiddleSpan = twiddles.mutableSpan
        fillStageTwiddles(length: length, into: &twiddleSpan)
        var noise = Noise(seed: 11)
        for round in 0..<40 {
            let magnitude: Int32 = [1 << 30, 1 << 20, 100, 1][round % 4]
            var input = block(&noise, length + 3, magnitude)
            // Full scale everywhere is the greatest that may come.
            if round == 0 { input = input.map { _ in (real: 1 << 30, imaginary: -(1 << 30)) } }
            func answer(_ variant: KernelVariant) -> [Int32] {
                var block = input
                var span = block.mutableSpan
                variant.fourierTransform(&span, length: length, twiddles: twiddles.span)
                return words(block)
            }
            #expect(answer(variant) == answer(.reference), "round \(round)")
        }
    }

    @Test(arguments: variants, lengths)
    func separationAnswersLikeTheReference(_ variant: KernelVariant, halfLength: Int) {
        var twiddles = [ComplexInt32](
            repeating: (real: 0, imaginary: 0),
            count: halfLength / 2
        )
        var twiddleSpan = twiddles.mutableSpan
        fillSplitTwiddles(fftLength: 2 * halfLength, into: &twiddleSpan)
        var noise = Noise(seed: 12)
        for round in 0..<40 {
            let magnitude: Int32 = [1 << 29, 1 << 20, 100, 1][round % 4]
            let input = block(&noise, halfLength + 4, magnitude)
            func answer(_ variant: KernelVariant) -> [Int32] {
                var block = input
                var span = block.mutableSpan
                variant.separateRealSpectrum(
                    &span,
                    halfLength: halfLength,
                    twiddles: twiddles.span
                )
                return words(block)
            }
            #expect(answer(variant) == answer(.reference), "round \(round)")
        }
    }

    /// Every number of frames up to two vectors and more; the ends of Int16, halves, and sums of one.
    @Test(arguments: variants)
    func downmixAnswersLikeTheReference(_ variant: KernelVariant) {
        var noise = Noise(seed: 14)
        for frameCount in 0..<70 {
            for magnitude: Int32 in [1, 2, 100, 32_767, 40_000] {
                let samples = (0..<2 * frameCount).map { _ in
                    Int16(clamping: noise.next(magnitude))
                }
                func answer(_ variant: KernelVariant) -> [Int16] {
                    var output = [Int16](repeating: 77, count: frameCount + 20)
                    var span = output.mutableSpan
                    variant.downmix(samples.span, channelCount: 2, into: &span)
                    return output
                }
                #expect(answer(variant) == answer(.reference), "\(frameCount) ±\(magnitude)")
            }
        }
    }

    /// Histories of every length from none to four groups of outputs, from any first tap on.
    @Test(arguments: variants, [48_000, 44_100, 32_000, 96_000])
    func resamplerAnswersLikeTheReference(_ variant: KernelVariant, rate: Int) {
        let plan = ResamplerPlan(inputRate: rate)
        var table = [Int32](repeating: 0, count: plan.rowCount * plan.tapCount)
        var tableSpan = table.mutableSpan
        fillResamplerCoefficients(plan, into: &tableSpan)
        var noise = Noise(seed: 15)
        for round in 0..<130 {
            let firstTap = round % 5
            let magnitude: Int32 = [40_000, 32_767, 1000, 1][round % 4]
            let history = (0..<plan.tapCount + round - 1).map { tap in
                // Every eighth time what drives the sum of the first output furthest.
                round % 8 == 0 && (firstTap..<firstTap + plan.tapCount).contains(tap)
                    ? table[tap - firstTap] < 0 ? Int16.min : .max
                    : Int16(clamping: noise.next(magnitude))
            }
            func answer(_ variant: KernelVariant) -> [Int] {
                var output = [Int16](repeating: 77, count: 150)
                var span = output.mutableSpan
                var position = ResamplerPosition(firstTap: firstTap, phase: 0)
                let count = variant.resample(
                    history.span,
                    coefficients: table.span,
                    plan: plan,
                    position: &position,
                    into: &span,
                    at: 3
                )
                return [count, position.firstTap, position.phase] + output.map(Int.init)
            }
            #expect(answer(variant) == answer(.reference), "round \(round)")
        }
    }

    /// Magnitudes for every block shift, frames of any length, silence, and products of −1.
    @Test(arguments: variants)
    func windowAnswersLikeTheReference(_ variant: KernelVariant) {
        var noise = Noise(seed: 13)
        for round in 0..<400 {
            let count = 1 + Int(noise.next(63).magnitude) * (round % 3 == 0 ? 1 : 8)
            let magnitude: Int32 = [0, 1, 3, 1 << 10, 1 << 20, 1 << 28, Int32.max][round % 7]
            var signal = (0..<count).map { _ in magnitude == 0 ? 0 : noise.next(magnitude) }
            var window = (0..<count).map { _ in
                Int32(noise.next(round % 2 == 0 ? 1 << 30 : 1).magnitude)
            }
            if round % 50 == 1 {
                signal = signal.map { _ in -1 }
                window = window.map { _ in 1 }
            }
            func answer(_ variant: KernelVariant) -> (shift: Int?, words: [Int32]) {
                var output = [ComplexInt32](
                    repeating: (real: 7, imaginary: 7),
                    count: 520
                )
                var span = output.mutableSpan
                let shift = variant.applyWindow(
                    signal.span,
                    window: window.span,
                    halfLength: 512,
                    into: &span
                )
                return (shift, words(output))
            }
            let (own, expected) = (answer(variant), answer(.reference))
            #expect(own.shift == expected.shift && own.words == expected.words, "round \(round)")
        }
    }
}
