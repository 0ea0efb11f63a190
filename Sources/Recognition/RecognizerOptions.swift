public import VoiceActivity

/// What the configuration may change about recognition.
public struct RecognizerOptions: Equatable, Sendable {
    /// The energy gate; nil lets everything pass.
    public var gate: EnergyGateOptions? = EnergyGateOptions()
    /// Overrides the model's threshold for `unknown`, per mille.
    public var unknownThreshold: Int?
    /// Overrides the model's smoothing, per mille.
    public var smoothing: Int?
    /// Lead over the present label, per mille, that a new label needs within one speech.
    public var hysteresis = 0
    /// Mean level of speech above the noise, tenths of a decibel, below which the answer is
    /// `unknown`; 0 answers always.
    public var minimumSignalToNoise = 0
    /// Seconds after which an utterance counts half in the mood.
    public var moodHalfLife = 300
    /// Seconds of audio without speech after which the voice is forgotten that a model with memory
    /// normalises by; with 0 nothing is remembered at all.
    public var voiceMemory = 300

    /// Makes options with the defaults of the product.
    public init() {}
}
