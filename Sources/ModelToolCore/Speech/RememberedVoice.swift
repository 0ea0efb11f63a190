import Features
import ModelDescription

/// Carries what a model remembers of a voice from one recording of a list to the next.
///
/// Recordings of one speaker that stand behind one another are one voice; it is forgotten where the
/// speaker changes.
struct RememberedVoice: ~Copyable {
    var memory: VoiceMemory
    private var speaker: String?

    init(_ manifest: ModelManifest) {
        memory = VoiceMemory(for: manifest)
    }

    /// Begins the next recording.
    ///
    /// - Parameter speaker: nil for a recording by itself.
    mutating func begin(_ speaker: String?) {
        if speaker == nil || speaker != self.speaker { memory.removeAll() }
        self.speaker = speaker
    }
}
