/// What is true right now, as facts that do not depend on each other.
public struct StateSnapshot: Equatable, Sendable {
    /// How the microphone is.
    public var capture: CaptureState
    /// Whether somebody is speaking.
    public var speech: Bool
    /// Whether the microphone is muted by request.
    public var muted: Bool
    /// When the mute ends by itself, microseconds of the monotonic clock; `nil` when it does not.
    public var mutedUntilMicroseconds: UInt64?
    /// Until when what is heard is ignored, microseconds of the monotonic clock; `nil` when it is not.
    public var heldUntilMicroseconds: UInt64?
    /// The model that answers.
    public var model: ModelReference?
    /// The models of this device beside the one that answers; `nil` where none can be installed.
    public var models: ModelsSnapshot?
    /// What works less well than it should, in words; empty when all is well.
    public var degraded: [String]

    /// Makes a snapshot.
    public init(
        capture: CaptureState,
        speech: Bool = false,
        muted: Bool = false,
        mutedUntilMicroseconds: UInt64? = nil,
        heldUntilMicroseconds: UInt64? = nil,
        model: ModelReference? = nil,
        models: ModelsSnapshot? = nil,
        degraded: [String] = []
    ) {
        self.capture = capture
        self.speech = speech
        self.muted = muted
        self.mutedUntilMicroseconds = mutedUntilMicroseconds
        self.heldUntilMicroseconds = heldUntilMicroseconds
        self.model = model
        self.models = models
        self.degraded = degraded
    }

    /// One word for the whole: the first fact that keeps results from coming, else what is heard.
    public var summary: String {
        if muted { return "muted" }
        if capture != .running { return capture.rawValue }
        if model == nil { return "no-model" }
        if heldUntilMicroseconds != nil { return "held" }
        if !degraded.isEmpty { return "degraded" }
        return speech ? "speech" : "listening"
    }
}
