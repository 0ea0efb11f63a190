import AcceleratedKernels
import Features
import ModelDescription
import ModelFile
import SignalKernels

/// The whole front end over stretches of speech, and its steps one by one.
func frontEndMeasurements(model: Model, speech: [Int16]) throws -> [Measurement] {
    var all: [Measurement] = []
    for seconds in [1, 2, 4, 8, 16] {
        let stretch = (0..<seconds * 16_000).map { speech[$0 % speech.count] }
        all.append(try wholeFrontEnd("front-end/\(seconds)-seconds", model: model, stretch))
    }
    return all + (FrontEndSteps(model: model, speech: speech).measurements())
}

private func wholeFrontEnd(
    _ name: String,
    model: Model,
    _ samples: [Int16]
) throws -> Measurement {
    let options = model.manifest.frontEnd
    var frontEnd = try FrontEnd(options: options, tables: model.frontEndTables)
    let rows = options.frameCount(sampleCount: samples.count)
    var frames = [Int16](repeating: 0, count: rows * frontEnd.channelCount)
    return Measurement(name, unit: "frame") {
        var count = 0
        frontEnd.reset()
        writing(&frames) { span in
            var taken = 0
            while taken < samples.count {
                taken += frontEnd.push(samples.span.extracting(taken..<samples.count))
                if frontEnd.isFrameReady {
                    frontEnd.computeFrame(into: &span, at: count * frontEnd.channelCount)
                    count += 1
                }
            }
        }
        return count
    }
}

/// One frame of speech and what each step makes of it.
private final class FrontEndSteps {
    let options: FrontEndOptions
    let tables: FrontEndTables
    let halfLength: Int
    var stageTwiddles: [ComplexInt32]
    var splitTwiddles: [ComplexInt32]
    let frame: [Int16]
    var signal: [Int32]
    var block: [ComplexInt32]
    var spectrum: [ComplexInt32]
    var power: [UInt64]
    var energies: [UInt64]
    var logEnergies: [Int32]
    var channels: [Int32]
    var row: [Int16]
    var rows: [Int16]

    init(model: Model, speech: [Int16]) {
        options = model.manifest.frontEnd
        tables = model.frontEndTables
        halfLength = options.fftLength / 2
        let zero: ComplexInt32 = (real: 0, imaginary: 0)
        stageTwiddles = Array(repeating: zero, count: stageTwiddleCount(length: halfLength))
        splitTwiddles = Array(repeating: zero, count: options.fftLength / 4)
        frame = Array(speech[8000..<8000 + options.frameLength])
        signal = Array(repeating: 0, count: options.frameLength)
        block = Array(repeating: zero, count: halfLength + 1)
        spectrum = block
        power = Array(repeating: 0, count: halfLength + 1)
        energies = Array(repeating: 0, count: options.melBinCount)
        logEnergies = Array(repeating: 0, count: options.melBinCount)
        channels = Array(repeating: 0, count: options.channelCount)
        row = Array(repeating: 0, count: options.channelCount)
        rows = (0..<188 * options.channelCount).map { Int16(truncatingIfNeeded: $0 &* 7919) }
        writing(&stageTwiddles) { stages in
            fillStageTwiddles(length: halfLength, into: &stages)
            writing(&splitTwiddles) { splits in
                fillSplitTwiddles(fftLength: options.fftLength, into: &splits)
            }
        }
    }

    func measurements() -> [Measurement] {
        // In order, so that each finds what the one before it left.
        var steps: [(String, () -> Void)] = [
            ("pre-emphasis", emphasize), ("window", window), ("transform", transform),
            ("power", computePower), ("mel", mel), ("logarithm", logarithm),
        ]
        if options.kind == .mfcc { steps.append(("cosine-transform", cosine)) }
        steps.append(("scaling", scale))
        for (_, step) in steps { step() }
        var all = steps.map { name, step in
            Measurement("front-end-step/\(name)", unit: "frame") {
                for _ in 0..<100 { step() }
                return 100
            }
        }
        all.append(
            Measurement("front-end-step/normalisation", unit: "frame") {
                self.normalize()
                return 188
            }
        )
        return all
    }

    private func emphasize() {
        let frame = frame
        writing(&signal) { span in
            applyPreEmphasis(frame.span, previous: 0, coefficient: 31_785, into: &span)
        }
    }

    private func window() {
        let signal = signal
        let window = tables.window
        writing(&block) { span in
            _ = KernelVariant.fastest.applyWindow(
                signal.span,
                window: window.span,
                halfLength: halfLength,
                into: &span
            )
        }
    }

    /// With the copy of the block, since a transform is in place.
    private func transform() {
        copy(block, into: &spectrum)
        let splitTwiddles = splitTwiddles
        let stageTwiddles = stageTwiddles
        writing(&spectrum) { span in
            KernelVariant.fastest.fourierTransform(
                &span,
                length: halfLength,
                twiddles: stageTwiddles.span
            )
            KernelVariant.fastest.separateRealSpectrum(
                &span,
                halfLength: halfLength,
                twiddles: splitTwiddles.span
            )
        }
    }

    private func computePower() {
        let spectrum = spectrum
        writing(&power) { span in
            computePowerSpectrum(spectrum.span, binCount: span.count, into: &span)
        }
    }

    private func mel() {
        let power = power
        let melBinCounts = tables.melBinCounts
        let melFirstBin = tables.melFirstBin
        let melWeights = tables.melWeights
        writing(&energies) { span in
            applyMelFilterBank(
                power.span,
                firstBins: melFirstBin.span,
                binCounts: melBinCounts.span,
                weights: melWeights.span,
                into: &span
            )
        }
    }

    private func logarithm() {
        let energies = energies
        let melLogOffset = tables.melLogOffset
        writing(&logEnergies) { span in
            computeLogEnergies(
                energies.span,
                exponent: -60,
                offsets: melLogOffset.span,
                floor: -18 << 20,
                into: &span
            )
        }
    }

    private func cosine() {
        let logEnergies = logEnergies
        let dct = tables.dct
        writing(&channels) { span in
            applyCosineTransform(
                logEnergies.span,
                matrix: dct.span,
                melBinCount: options.melBinCount,
                cepstralCount: options.cepstralCount,
                into: &span
            )
        }
    }

    private func scale() {
        let channels = channels
        let channelWeights = tables.channelWeights
        writing(&row) { span in
            scaleChannels(
                channels.span,
                weights: channelWeights.span,
                fractionBits: options.outputFractionBits,
                into: &span,
                at: 0
            )
        }
    }

    private func normalize() {
        writing(&rows) { span in
            subtractMeanAndDivideByDeviation(
                &span,
                frameCount: 188,
                channelCount: options.channelCount,
                fractionBits: options.outputFractionBits
            )
        }
    }
}

private func copy(_ block: [ComplexInt32], into spectrum: inout [ComplexInt32]) {
    let source = block.span
    var target = spectrum.mutableSpan
    precondition(target.count == source.count)
    for index in 0..<source.count { target[index] = source[index] }
}
