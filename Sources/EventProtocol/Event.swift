/// Something that happened.
public enum Event: Equatable, Sendable {
    /// What happened to a model.
    public enum ModelChange: String, CaseIterable, Sendable {
        case offered, verified, activated, committed, rejected
        case rolledBack = "rolled-back"
        case rollbackFailed = "rollback-failed"
    }

    /// Somebody began to speak.
    case speechStarted
    /// Nobody speaks any more; the speech lasted this long.
    case speechStopped(durationMicroseconds: UInt64)
    /// The emotion of the last window of the running speech.
    case emotion(EmotionResult)
    /// The emotion of a whole utterance; `continued` when it was cut because it is long.
    case utterance(EmotionResult, continued: Bool)
    /// The slowly moving mix of the last utterances, per mille in the order of the model.
    case mood(label: String, probabilities: [EmotionResult.Probability])
    /// A fact of the state changed.
    case state(changed: [String], reason: String)
    /// Something happened to a model; `nil` for a file that could not be read as one.
    case model(ModelChange, ModelReference?, reason: String)
    /// A file is over.
    case end(audioMilliseconds: UInt64, featureFrames: UInt64)

    /// The name of the event on the wire.
    public var name: String {
        switch self {
        case .speechStarted: "speech-started"
        case .speechStopped: "speech-stopped"
        case .emotion: "emotion"
        case .utterance: "utterance"
        case .mood: "mood"
        case .state: "state"
        case .model: "model"
        case .end: "end"
        }
    }
}
