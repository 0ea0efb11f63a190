public import ModelDescription

/// The tables of a front end in double precision, before they are rounded to Q-formats.
///
/// - Source: `Documentation/ModelFormat.md`, section 3.
public struct IdealFrontEndTables: Sendable {
    /// Analysis window, [frameLength].
    public let window: [Double]
    /// The triangular filters, [melBinCount].
    public let melFilters: [MelFilter]
    /// Natural logarithm of each filter's normalisation factor, [melBinCount].
    public let melLogOffset: [Double]
    /// Orthonormal DCT-II, [cepstralCount, melBinCount]; empty for log-mel.
    public let dct: [Double]
    /// Liftering times the weight of each channel, [channelCount].
    public let channelWeights: [Double]

    /// Designs the tables from the options.
    public init(designing options: FrontEndOptions) {
        window = designWindow(options.window, length: options.frameLength)
        let edges = designMelEdges(options)
        melFilters = designMelFilters(edges: edges, fftLength: options.fftLength)
        melLogOffset = designMelLogOffset(options.melNormalization, edges: edges)
        dct = designCosineTransform(rows: options.cepstralCount, columns: options.melBinCount)
        channelWeights = designChannelWeights(options)
    }
}
