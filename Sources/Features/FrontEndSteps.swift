import AcceleratedKernels
import ModelDescription
import SignalKernels

// The steps of a frame, from the arrays that `FrontEnd` owns to the spans that kernels take. Each
// is a function of its own because a mutable span of one stored array excludes the others.

func emphasizeStep(
    _ samples: [Int16],
    previous: Int16,
    coefficient: Int32,
    into signal: inout [Int32]
) {
    var span = signal.mutableSpan
    applyPreEmphasis(samples.span, previous: previous, coefficient: coefficient, into: &span)
}

func windowStep(
    _ signal: [Int32],
    window: [Int32],
    kernels: KernelVariant,
    into spectrum: inout [ComplexInt32]
) -> Int? {
    var span = spectrum.mutableSpan
    return kernels.applyWindow(
        signal.span,
        window: window.span,
        halfLength: span.count - 1,
        into: &span
    )
}

func transformStep(
    _ spectrum: inout [ComplexInt32],
    stageTwiddles: [ComplexInt32],
    splitTwiddles: [ComplexInt32],
    kernels: KernelVariant
) {
    var span = spectrum.mutableSpan
    let halfLength = span.count - 1
    kernels.fourierTransform(&span, length: halfLength, twiddles: stageTwiddles.span)
    kernels.separateRealSpectrum(&span, halfLength: halfLength, twiddles: splitTwiddles.span)
}

func powerStep(_ spectrum: [ComplexInt32], into power: inout [UInt64]) {
    var span = power.mutableSpan
    computePowerSpectrum(spectrum.span, binCount: span.count, into: &span)
}

func melStep(_ power: [UInt64], _ tables: FrontEndTables, into energies: inout [UInt64]) {
    var span = energies.mutableSpan
    applyMelFilterBank(
        power.span,
        firstBins: tables.melFirstBin.span,
        binCounts: tables.melBinCounts.span,
        weights: tables.melWeights.span,
        into: &span
    )
}

func logarithmStep(
    _ energies: [UInt64],
    exponent: Int,
    offsets: [Int32],
    floor: Int32,
    into logEnergies: inout [Int32]
) {
    var span = logEnergies.mutableSpan
    computeLogEnergies(
        energies.span,
        exponent: exponent,
        offsets: offsets.span,
        floor: floor,
        into: &span
    )
}

func fillStep(_ values: inout [Int32], with value: Int32) {
    var span = values.mutableSpan
    for index in 0..<span.count { span[index] = value }
}

func channelStep(
    _ logEnergies: [Int32],
    matrix: [Int32],
    options: borrowing FrontEndOptions,
    into channels: inout [Int32]
) {
    var span = channels.mutableSpan
    switch options.kind {
    case .mfcc:
        applyCosineTransform(
            logEnergies.span,
            matrix: matrix.span,
            melBinCount: options.melBinCount,
            cepstralCount: options.cepstralCount,
            into: &span
        )
    case .logMel:
        let values = logEnergies.span
        for index in 0..<values.count { span[index] = values[index] }
    }
}

func extraChannelStep(
    _ samples: [Int16],
    options: borrowing FrontEndOptions,
    logFloor: Int32,
    into channels: inout [Int32]
) {
    var span = channels.mutableSpan
    let first = options.spectralChannelCount
    for index in 0..<options.extraChannels.count {
        switch options.extraChannels[index] {
        case .zeroCrossingRate: span[first + index] = zeroCrossingRate(samples.span)
        case .rms:
            span[first + index] = logRootMeanSquare(samples.span, floor: logFloor / 2)
        }
    }
}
