public import AcceleratedKernels
public import ModelDescription
import SignalKernels

/// Computes frames of features from 16 kHz audio, by the options and tables of a model.
///
/// Push samples until a frame is ready, compute it, push on. However the samples are cut into
/// pushes, the frames are the same bytes. After preparation nothing fails and nothing allocates.
///
/// - Source: `Documentation/ModelFormat.md`, section 3; the number formats stand at each kernel.
public struct FrontEnd: ~Copyable {
    /// The options that it was prepared with.
    public let options: FrontEndOptions
    /// Values of one frame.
    public let channelCount: Int

    private let tables: FrontEndTables
    private let kernels: KernelVariant
    /// Pre-emphasis in Q15.
    private let preEmphasis: Int32
    /// Lowest logarithm of a mel energy in Q20.
    private let logFloor: Int32
    /// Length of the complex transform: half of the FFT.
    private let halfLength: Int
    private let stageTwiddles: [ComplexInt32]
    private let splitTwiddles: [ComplexInt32]

    /// Samples of the frame that is being filled, and how many there are.
    private var samples: [Int16]
    private var filledCount = 0
    /// The sample before `samples[0]`.
    private var previous: Int16 = 0

    private var signal: [Int32]
    private var spectrum: [ComplexInt32]
    private var power: [UInt64]
    private var energies: [UInt64]
    private var logEnergies: [Int32]
    private var channels: [Int32]

    /// Prepares a front end: checks options and tables, and allocates everything it will need.
    ///
    /// - Parameter kernels: the variant to run with, for tests and measurements; all of them give
    ///   the same bytes.
    /// - Throws: `optionOutOfRange`, `wrongTableLength` or `tableValueOutOfRange` for what
    ///   `ModelFormat.md` does not allow.
    public init(
        options: FrontEndOptions,
        tables: FrontEndTables,
        kernels: KernelVariant = .fastest
    ) throws(FeaturesError) {
        try options.validate()
        try tables.validate(for: options)
        self.options = options
        self.tables = tables
        self.kernels = kernels
        channelCount = options.channelCount
        preEmphasis = Int32((options.preEmphasis * 32768).rounded())
        logFloor = Int32((options.logFloor * 1_048_576).rounded())
        halfLength = options.fftLength / 2

        var stages = [ComplexInt32](
            repeating: (real: 0, imaginary: 0),
            count: stageTwiddleCount(length: halfLength)
        )
        var stageSpan = stages.mutableSpan
        fillStageTwiddles(length: halfLength, into: &stageSpan)
        stageTwiddles = stages
        var splits = [ComplexInt32](
            repeating: (real: 0, imaginary: 0),
            count: options.fftLength / 4
        )
        var splitSpan = splits.mutableSpan
        fillSplitTwiddles(fftLength: options.fftLength, into: &splitSpan)
        splitTwiddles = splits

        samples = Array(repeating: 0, count: options.frameLength)
        signal = Array(repeating: 0, count: options.frameLength)
        spectrum = Array(repeating: (real: 0, imaginary: 0), count: halfLength + 1)
        power = Array(repeating: 0, count: halfLength + 1)
        energies = Array(repeating: 0, count: options.melBinCount)
        logEnergies = Array(repeating: 0, count: options.melBinCount)
        channels = Array(repeating: 0, count: channelCount)
    }

    /// Forgets all samples: the next one is the first of a segment.
    public mutating func reset() {
        filledCount = 0
        previous = 0
    }

    /// Goes on in the middle of a segment where another front end leaves off: push the other one's
    /// `waiting` samples first.
    ///
    /// - Precondition: the other one has computed a frame of the segment, and none is ready.
    public mutating func begin(behind other: borrowing FrontEnd) {
        let first = other.options.frameLength - other.options.hopLength
        reset()
        previous = first > 0 ? other.samples[first - 1] : other.previous
    }

    /// Samples behind the end of the last frame that was computed: fewer than a hop.
    ///
    /// - Precondition: a frame of the segment has been computed, and none is ready.
    public var waiting: [Int16] {
        let first = options.frameLength - options.hopLength
        precondition(first <= filledCount && !isFrameReady)
        return Array(samples[first..<filledCount])
    }

    /// Number of whole frames in a segment of so many samples.
    public func frameCount(forSampleCount count: Int) -> Int {
        options.frameCount(sampleCount: count)
    }

    /// Whether the next call must be `computeFrame`.
    public var isFrameReady: Bool { filledCount == options.frameLength }

    /// Takes samples until a frame is ready or there are no more.
    ///
    /// - Returns: How many were taken; 0 while a frame is ready.
    public mutating func push(_ input: Span<Int16>) -> Int {
        let start = filledCount
        let count = min(input.count, options.frameLength - start)
        var target = samples.mutableSpan
        copySamples(input.extracting(0..<count), into: &target, at: start)
        filledCount = start + count
        return count
    }

    /// Computes the frame that is ready, and makes room for the next.
    ///
    /// - Parameter rows: at least [offset + channelCount]; the rest is untouched.
    /// - Parameter offset: where the frame's values go.
    /// - Precondition: `isFrameReady`.
    public mutating func computeFrame(into rows: inout MutableSpan<Int16>, at offset: Int = 0) {
        precondition(isFrameReady)
        emphasizeStep(samples, previous: previous, coefficient: preEmphasis, into: &signal)
        if let shift = windowStep(
            signal,
            window: tables.window,
            kernels: kernels,
            into: &spectrum
        ) {
            transformStep(
                &spectrum,
                stageTwiddles: stageTwiddles,
                splitTwiddles: splitTwiddles,
                kernels: kernels
            )
            powerStep(spectrum, into: &power)
            melStep(power, tables, into: &energies)
            // Block Q(60 − shift), divided by the length in the transform, then squared.
            let exponent = 2 * (shift - 60 + options.fftLength.trailingZeroBitCount)
            logarithmStep(
                energies,
                exponent: exponent,
                offsets: tables.melLogOffset,
                floor: logFloor,
                into: &logEnergies
            )
        } else {
            fillStep(&logEnergies, with: logFloor)
        }
        channelStep(logEnergies, matrix: tables.dct, options: options, into: &channels)
        extraChannelStep(samples, options: options, logFloor: logFloor, into: &channels)
        scaleChannels(
            channels.span,
            weights: tables.channelWeights.span,
            fractionBits: options.outputFractionBits,
            into: &rows,
            at: offset
        )
        advance()
    }

    /// Normalises the classified frames in place, as the options say.
    ///
    /// - Parameter frames: at least [frameCount, channelCount]; the rest is untouched.
    /// - Parameter frameCount: at most 2048, the longest utterance of a model.
    public func normalize(_ frames: inout MutableSpan<Int16>, frameCount: Int) {
        normalize(&frames, frameCount: frameCount, remembered: Span(), rememberedCount: 0)
    }

    /// Normalises the classified frames in place over themselves and those remembered; with an empty
    /// memory it is the same as without one.
    ///
    /// - Parameter frames: at least [frameCount, channelCount]; the rest is untouched.
    /// - Parameter frameCount: at most 2048, the longest utterance of a model.
    public func normalize(
        _ frames: inout MutableSpan<Int16>,
        frameCount: Int,
        after memory: borrowing VoiceMemory
    ) {
        normalize(
            &frames,
            frameCount: frameCount,
            remembered: memory.remembered,
            rememberedCount: memory.frameCount
        )
    }

    @_lifetime(frames: copy frames)
    private func normalize(
        _ frames: inout MutableSpan<Int16>,
        frameCount: Int,
        remembered: Span<Int64>,
        rememberedCount: Int
    ) {
        switch options.normalization {
        case .none:
            break
        case .mean:
            subtractMean(
                &frames,
                frameCount: frameCount,
                channelCount: channelCount,
                remembered: remembered,
                rememberedCount: rememberedCount
            )
        case .meanVariance:
            subtractMeanAndDivideByDeviation(
                &frames,
                frameCount: frameCount,
                channelCount: channelCount,
                fractionBits: options.outputFractionBits,
                remembered: remembered,
                rememberedCount: rememberedCount
            )
        }
    }

    /// Drops the samples of one hop.
    private mutating func advance() {
        let hop = options.hopLength
        previous = samples[hop - 1]
        let kept = filledCount - hop
        var span = samples.mutableSpan
        moveToFront(&span, from: hop, count: kept)
        filledCount = kept
    }
}
