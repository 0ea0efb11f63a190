/// Tables of the front end, computed where the model is made and stored in the model file.
///
/// - Source: `Documentation/ModelFormat.md`, section 3.
public struct FrontEndTables: Equatable, Sendable {
    /// Analysis window, Q30, [frameLength].
    public var window: [Int32]
    /// First spectral bin with a weight, [melBinCount].
    public var melFirstBin: [Int32]
    /// Number of weights of each filter, at least 1, [melBinCount].
    public var melBinCounts: [Int32]
    /// Weights of all filters in turn, Q15, at most 32768, [sum of melBinCounts].
    public var melWeights: [UInt16]
    /// Added to the natural logarithm of each mel energy, Q20, [melBinCount].
    public var melLogOffset: [Int32]
    /// Orthonormal DCT-II, Q30, [cepstralCount, melBinCount]; empty for log-mel.
    public var dct: [Int32]
    /// Liftering times the weight of each channel, Q16, [channelCount].
    public var channelWeights: [Int32]

    /// Makes tables; `ModelFile` checks their shapes and ranges.
    public init(
        window: [Int32],
        melFirstBin: [Int32],
        melBinCounts: [Int32],
        melWeights: [UInt16],
        melLogOffset: [Int32],
        dct: [Int32],
        channelWeights: [Int32]
    ) {
        self.window = window
        self.melFirstBin = melFirstBin
        self.melBinCounts = melBinCounts
        self.melWeights = melWeights
        self.melLogOffset = melLogOffset
        self.dct = dct
        self.channelWeights = channelWeights
    }
}
