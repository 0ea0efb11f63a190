/// Options of the fixed-point front end; every model owns its own.
///
/// - Source: `Documentation/ModelFormat.md`, section 3, which gives ranges and equations.
public struct FrontEndOptions: Equatable, Sendable {
    /// What a frame consists of.
    public enum Kind: String, CaseIterable, Sendable {
        case mfcc
        case logMel
    }

    /// The shape of the analysis window.
    public enum Window: String, CaseIterable, Sendable {
        case hann
        case hamming
        case povey
        case rectangular
    }

    /// The frequency scale of the filter bank.
    public enum MelScale: String, CaseIterable, Sendable {
        case htk
        case slaney
    }

    /// The height of the triangles of the filter bank.
    public enum MelNormalization: String, CaseIterable, Sendable {
        case none
        case slaney
    }

    /// Channels beside the spectral ones.
    public enum ExtraChannel: String, CaseIterable, Sendable {
        case zeroCrossingRate
        case rms
    }

    /// Normalisation over the classified frames.
    public enum Normalization: String, CaseIterable, Sendable {
        case none
        case mean
        case meanVariance
    }

    /// Sampling rate of the input in hertz; the only one of format version 1.
    public static let sampleRate = 16_000

    /// What a frame consists of.
    public var kind: Kind
    /// Samples a frame.
    public var frameLength: Int
    /// Samples between the starts of neighbouring frames.
    public var hopLength: Int
    /// Length of the FFT: 256, 512, 1024 or 2048.
    public var fftLength: Int
    /// Coefficient of the pre-emphasis, 0 for none.
    public var preEmphasis: Double
    /// The shape of the analysis window.
    public var window: Window
    /// The frequency scale of the filter bank.
    public var melScale: MelScale
    /// The height of the triangles of the filter bank.
    public var melNormalization: MelNormalization
    /// Number of mel filters.
    public var melBinCount: Int
    /// Lower edge of the lowest filter in hertz.
    public var lowFrequency: Double
    /// Upper edge of the highest filter in hertz.
    public var highFrequency: Double
    /// Natural logarithm of the lowest mel energy that counts.
    public var logFloor: Double
    /// Number of cepstral coefficients; 0 for `logMel`.
    public var cepstralCount: Int
    /// Liftering parameter L, 0 for none.
    public var lifter: Double
    /// Channels beside the spectral ones, in the order of their cases.
    public var extraChannels: [ExtraChannel]
    /// Factor of each channel.
    public var channelWeights: [Double]
    /// Normalisation over the classified frames.
    public var normalization: Normalization
    /// Fraction bits of the Int16 features.
    public var outputFractionBits: Int

    /// Makes options; `decoding:` checks ranges, this does not.
    ///
    /// - Parameter channelWeights: factor of each channel; absent means 1 for all.
    public init(
        kind: Kind = .mfcc,
        frameLength: Int = 1024,
        hopLength: Int = 256,
        fftLength: Int = 1024,
        preEmphasis: Double = 0.97,
        window: Window = .hann,
        melScale: MelScale = .htk,
        melNormalization: MelNormalization = .none,
        melBinCount: Int = 48,
        lowFrequency: Double = 50,
        highFrequency: Double = 5200,
        logFloor: Double = -18,
        cepstralCount: Int = 40,
        lifter: Double = 0,
        extraChannels: [ExtraChannel] = [],
        channelWeights: [Double]? = nil,
        normalization: Normalization = .mean,
        outputFractionBits: Int = 8
    ) {
        self.kind = kind
        self.frameLength = frameLength
        self.hopLength = hopLength
        self.fftLength = fftLength
        self.preEmphasis = preEmphasis
        self.window = window
        self.melScale = melScale
        self.melNormalization = melNormalization
        self.melBinCount = melBinCount
        self.lowFrequency = lowFrequency
        self.highFrequency = highFrequency
        self.logFloor = logFloor
        self.cepstralCount = kind == .mfcc ? cepstralCount : 0
        self.lifter = kind == .mfcc ? lifter : 0
        self.extraChannels = extraChannels
        self.normalization = normalization
        self.outputFractionBits = outputFractionBits
        self.channelWeights = []
        self.channelWeights = channelWeights ?? Array(repeating: 1, count: channelCount)
    }

    /// Spectral channels of a frame: cepstral coefficients or mel bins.
    public var spectralChannelCount: Int { kind == .mfcc ? cepstralCount : melBinCount }

    /// Channels of a frame.
    public var channelCount: Int { spectralChannelCount + extraChannels.count }

    /// Number of whole frames in so many samples.
    public func frameCount(sampleCount: Int) -> Int {
        sampleCount < frameLength ? 0 : 1 + (sampleCount - frameLength) / hopLength
    }
}
