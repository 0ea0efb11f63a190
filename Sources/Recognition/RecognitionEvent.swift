/// What `Recognizer` has to say; times are microseconds of audio.
public enum RecognitionEvent: Sendable {
    /// Speech began at `begin`; it was noticed at `time`.
    case speechStarted(time: Int64, begin: Int64)
    /// Speech that began at `begin` ended.
    case speechStopped(time: Int64, begin: Int64)
    /// The emotion of the running speech, smoothed from window to window.
    case emotion(time: Int64, Answer)
    /// The emotion of a whole utterance; `isContinued` when the speech goes on in the next one.
    case utterance(time: Int64, Answer, isContinued: Bool)
    /// The slow mood over utterances changed.
    case mood(time: Int64, Mood)
}
