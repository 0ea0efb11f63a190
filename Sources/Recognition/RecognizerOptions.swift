public import VoiceActivity

/// What the configuration may change about recognition.
public struct RecognizerOptions: Equatable, Sendable {
    /// The energy gate; nil lets everything pass.
    public var gate: EnergyGateOptions? = EnergyGateOptions()
    /// Overrides the model's threshold for `unknown`, per mille.
    public var unknownThreshold: Int?
    /// Overrides the model's smoothing, per mille.
    public var smoothing: Int?
    /// Seconds after which an utterance counts half in the mood.
    public var moodHalfLife = 300

    /// Makes options with the defaults of the product.
    public init() {}
}
