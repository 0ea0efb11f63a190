import AcceleratedKernels
import SignalKernels

/// Every step of the front end that has variants, by each of them: frames of 1024 samples, and 10 ms
/// of stereo at 48 kHz.
func frontEndKernelMeasurements() -> [Measurement] {
    KernelVariant.available.flatMap { FrontEndKernels(variant: $0).measurements() }
}

private final class FrontEndKernels {
    let variant: KernelVariant
    let halfLength = 512
    let signal: [Int32]
    let stageTwiddles: [ComplexInt32]
    let splitTwiddles: [ComplexInt32]
    var block: [ComplexInt32]
    let stereo: [Int16]
    var mono: [Int16]
    let plan = ResamplerPlan(inputRate: 48_000)
    let coefficients: [Int32]
    let history: [Int16]
    var converted: [Int16]

    init(variant: KernelVariant) {
        self.variant = variant
        signal = (0..<1024).map { Int32(truncatingIfNeeded: $0 &* 7919 &* 65_537) / 2 }
        let zero: ComplexInt32 = (real: 0, imaginary: 0)
        block = Array(repeating: zero, count: halfLength + 1)
        var stages = Array(repeating: zero, count: stageTwiddleCount(length: halfLength))
        var splits = Array(repeating: zero, count: halfLength / 2)
        let length = halfLength
        writing(&stages) { fillStageTwiddles(length: length, into: &$0) }
        writing(&splits) { fillSplitTwiddles(fftLength: 2 * length, into: &$0) }
        stageTwiddles = stages
        splitTwiddles = splits
        stereo = (0..<960).map { Int16(truncatingIfNeeded: $0 &* 7919) }
        mono = Array(repeating: 0, count: 480)
        let plan = plan
        var row = [Int32](repeating: 0, count: plan.rowCount * plan.tapCount)
        writing(&row) { fillResamplerCoefficients(plan, into: &$0) }
        coefficients = row
        // As many as 160 outputs take.
        history = (0..<plan.tapCount + 3 * 159).map { Int16(truncatingIfNeeded: $0 &* 7919) }
        converted = Array(repeating: 0, count: 160)
    }

    func measurements() -> [Measurement] {
        [
            ("stereo-to-mono", average), ("48-to-16-kHz", resample), ("window", window),
            ("transform", transform), ("real-spectrum", separate),
        ].map { name, work in
            Measurement("front-end-kernel/\(name)/\(variant.name)", unit: "run") {
                work()
                return 1
            }
        }
    }

    private func average() {
        let stereo = stereo
        writing(&mono) { variant.downmix(stereo.span, channelCount: 2, into: &$0) }
    }

    private func resample() {
        let history = history
        let coefficients = coefficients
        writing(&converted) { span in
            var position = ResamplerPosition(firstTap: 0, phase: 0)
            _ = variant.resample(
                history.span,
                coefficients: coefficients.span,
                plan: plan,
                position: &position,
                into: &span,
                at: 0
            )
        }
    }

    private func window() {
        let signal = signal
        writing(&block) { span in
            _ = variant.applyWindow(
                signal.span,
                window: signal.span,
                halfLength: halfLength,
                into: &span
            )
        }
    }

    private func transform() {
        let twiddles = stageTwiddles
        writing(&block) {
            variant.fourierTransform(&$0, length: halfLength, twiddles: twiddles.span)
        }
    }

    private func separate() {
        let twiddles = splitTwiddles
        writing(&block) {
            variant.separateRealSpectrum(&$0, halfLength: halfLength, twiddles: twiddles.span)
        }
    }
}
