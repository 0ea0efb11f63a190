/// How a microphone is, with the reason in words where there is one.
public enum MicrophoneState: Equatable, Sendable {
    /// Not tried yet.
    case starting
    /// Open and capturing.
    case running(CaptureParameters)
    /// Not there, gone, unusable, or not chosen among several.
    case noDevice(reason: String)
    /// Used by somebody else.
    case busy(reason: String)
    /// Open, and no frames came for a while.
    case stalled(reason: String)
    /// Closed on request.
    case closed
}
