public import JSONText

/// How windows are cut and how logits become events.
///
/// - Source: `Documentation/ModelFormat.md`, section 6, which gives the ranges.
public struct DecisionParameters: Equatable, Sendable {
    /// Frames of one `emotion` window.
    public var windowFrames: Int
    /// Frames between windows.
    public var hopFrames: Int
    /// Shortest speech that is classified, in frames.
    public var minimumFrames: Int
    /// Longest utterance that is classified at once, in frames.
    public var maximumUtteranceFrames: Int
    /// Frames kept from before the gate opened.
    public var preRollFrames: Int
    /// Divides the logits before the softmax.
    public var temperature: Double
    /// Turns `logit − zeroPoint` into the calibrated logit over ln 2 in Q16; int8 models only.
    public var logitScale: FixedPointScale?
    /// Probability in per mille below which the answer is `unknown`.
    public var unknownThreshold: Int
    /// Per mille of the previous probabilities kept from one window to the next.
    public var smoothing: Int
    /// Most frames of utterances before, over which the normalisation of an answer goes as well; 0 for none.
    public var voiceMemoryFrames: Int

    /// Makes parameters; `decoding:` checks ranges, this does not.
    public init(
        windowFrames: Int,
        hopFrames: Int,
        minimumFrames: Int,
        maximumUtteranceFrames: Int,
        preRollFrames: Int,
        temperature: Double,
        logitScale: FixedPointScale? = nil,
        unknownThreshold: Int,
        smoothing: Int,
        voiceMemoryFrames: Int = 0
    ) {
        self.windowFrames = windowFrames
        self.hopFrames = hopFrames
        self.minimumFrames = minimumFrames
        self.maximumUtteranceFrames = maximumUtteranceFrames
        self.preRollFrames = preRollFrames
        self.temperature = temperature
        self.logitScale = logitScale
        self.unknownThreshold = unknownThreshold
        self.smoothing = smoothing
        self.voiceMemoryFrames = voiceMemoryFrames
    }

    /// Reads the parameters and checks their ranges.
    ///
    /// - Throws: `JSONError` with the path of the member.
    public init(
        decoding cursor: JSONCursor,
        precision: ModelManifest.Precision
    ) throws(JSONError) {
        let common = [
            "windowFrames", "hopFrames", "minimumFrames", "maximumUtteranceFrames",
            "preRollFrames", "temperature", "unknownThreshold", "smoothing", "voiceMemoryFrames",
        ]
        let integers = precision == .int8 ? ["logitMultiplier", "logitShift"] : []
        try cursor.allowOnly(common + integers)
        windowFrames = try cursor.member("windowFrames").integer(8...1024)
        hopFrames = try cursor.member("hopFrames").integer(1...windowFrames)
        minimumFrames = try cursor.member("minimumFrames").integer(8...windowFrames)
        maximumUtteranceFrames = try cursor.member("maximumUtteranceFrames")
            .integer(windowFrames...2048)
        preRollFrames = try cursor.member("preRollFrames").integer(0...128)
        temperature = try cursor.member("temperature").real(0.05...20)
        if precision == .int8 {
            logitScale = try FixedPointScale(
                decoding: cursor,
                multiplier: "logitMultiplier",
                shift: "logitShift",
                largestShift: 22
            )
        }
        unknownThreshold = try cursor.member("unknownThreshold").integer(0...1000)
        smoothing = try cursor.member("smoothing").integer(0...950)
        voiceMemoryFrames = try Self.voiceMemoryFrames(cursor, longest: maximumUtteranceFrames)
    }

    private static func voiceMemoryFrames(
        _ cursor: JSONCursor,
        longest: Int
    ) throws(JSONError) -> Int {
        guard let member = try cursor.optionalMember("voiceMemoryFrames") else { return 0 }
        let frames = try member.integer(0...2048)
        guard frames == 0 || frames >= longest else {
            throw member.unexpected(
                "0, or an integer \(longest) … 2048: no less than `maximumUtteranceFrames`"
            )
        }
        return frames
    }

    /// The parameters as JSON.
    public var json: JSONValue {
        var object = JSONObject([
            ("windowFrames", .integer(windowFrames)),
            ("hopFrames", .integer(hopFrames)),
            ("minimumFrames", .integer(minimumFrames)),
            ("maximumUtteranceFrames", .integer(maximumUtteranceFrames)),
            ("preRollFrames", .integer(preRollFrames)),
            ("temperature", .real(temperature)),
        ])
        if let logitScale {
            object["logitMultiplier"] = .integer(logitScale.multiplier)
            object["logitShift"] = .integer(logitScale.shift)
        }
        object["unknownThreshold"] = .integer(unknownThreshold)
        object["smoothing"] = .integer(smoothing)
        // Files of models without memory stay as they were before there was any.
        if voiceMemoryFrames > 0 { object["voiceMemoryFrames"] = .integer(voiceMemoryFrames) }
        return .object(object)
    }
}
