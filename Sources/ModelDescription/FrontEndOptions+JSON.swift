public import JSONText

extension FrontEndOptions {
    /// Reads the options and checks their ranges.
    ///
    /// - Throws: `JSONError` with the path of the member.
    public init(decoding cursor: JSONCursor) throws(JSONError) {
        let kind = try cursor.member("kind").choice(Kind.self)
        let common = [
            "kind", "sampleRate", "frameLength", "hopLength", "fftLength", "preEmphasis", "window",
            "melScale", "melNormalization", "melBinCount", "lowFrequency", "highFrequency",
            "logFloor", "extraChannels", "channelWeights", "normalization", "outputFractionBits",
        ]
        try cursor.allowOnly(kind == .mfcc ? common + ["cepstralCount", "lifter"] : common)
        let rate = FrontEndOptions.sampleRate
        _ = try cursor.member("sampleRate").integer(rate...rate)

        let fft = try cursor.member("fftLength")
        let fftLength = try fft.integer(256...2048)
        guard fftLength.nonzeroBitCount == 1 else { throw fft.unexpected("a power of two") }
        let frameLength = try cursor.member("frameLength").integer(64...fftLength)
        let hopLength = try cursor.member("hopLength").integer(32...frameLength)
        let melBinCount = try cursor.member("melBinCount").integer(8...128)
        let low = try cursor.member("lowFrequency").real(0...8000)
        let high = try cursor.member("highFrequency")
        let highFrequency = try high.real(0...8000)
        guard low < highFrequency else { throw high.unexpected("more than lowFrequency") }

        self.init(
            kind: kind,
            frameLength: frameLength,
            hopLength: hopLength,
            fftLength: fftLength,
            preEmphasis: try cursor.member("preEmphasis").real(0...0.999),
            window: try cursor.member("window").choice(),
            melScale: try cursor.member("melScale").choice(),
            melNormalization: try cursor.member("melNormalization").choice(),
            melBinCount: melBinCount,
            lowFrequency: low,
            highFrequency: highFrequency,
            logFloor: try cursor.member("logFloor").real(-40...20),
            cepstralCount: kind == .mfcc
                ? try cursor.member("cepstralCount").integer(1...melBinCount) : 0,
            lifter: kind == .mfcc ? try cursor.member("lifter").real(0...1000) : 0,
            extraChannels: try Self.extraChannels(cursor.member("extraChannels")),
            normalization: try cursor.member("normalization").choice(),
            outputFractionBits: try cursor.member("outputFractionBits").integer(4...14)
        )
        var weights: [Double] = []
        for element in try cursor.member("channelWeights").elements(
            count: channelCount...channelCount
        ) {
            weights.append(try element.real(0x1p-14...16))
        }
        channelWeights = weights
    }

    private static func extraChannels(
        _ cursor: JSONCursor
    ) throws(JSONError) -> [ExtraChannel] {
        var channels: [ExtraChannel] = []
        for element in try cursor.elements(count: 0...ExtraChannel.allCases.count) {
            channels.append(try element.choice())
        }
        guard channels == ExtraChannel.allCases.filter(channels.contains) else {
            throw cursor.unexpected("distinct channels in the order zeroCrossingRate, rms")
        }
        return channels
    }

    /// The options as JSON.
    public var json: JSONValue {
        var object = JSONObject([
            ("kind", .string(kind.rawValue)),
            ("sampleRate", .integer(FrontEndOptions.sampleRate)),
            ("frameLength", .integer(frameLength)),
            ("hopLength", .integer(hopLength)),
            ("fftLength", .integer(fftLength)),
            ("preEmphasis", .real(preEmphasis)),
            ("window", .string(window.rawValue)),
            ("melScale", .string(melScale.rawValue)),
            ("melNormalization", .string(melNormalization.rawValue)),
            ("melBinCount", .integer(melBinCount)),
            ("lowFrequency", .real(lowFrequency)),
            ("highFrequency", .real(highFrequency)),
            ("logFloor", .real(logFloor)),
        ])
        if kind == .mfcc {
            object["cepstralCount"] = .integer(cepstralCount)
            object["lifter"] = .real(lifter)
        }
        object["extraChannels"] = .array(extraChannels.map { .string($0.rawValue) })
        object["channelWeights"] = .array(channelWeights.map { .real($0) })
        object["normalization"] = .string(normalization.rawValue)
        object["outputFractionBits"] = .integer(outputFractionBits)
        return .object(object)
    }
}
