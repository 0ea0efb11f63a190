import Inference
import VoiceActivity

/// Turns what the network found into an answer: smoothing and `unknown`.
struct Decision {
    private let unknownThreshold: Int
    private let smoothing: Int
    /// Probabilities of the windows of the running speech.
    private var smoothed: ClassProbabilities?

    init(unknownThreshold: Int, smoothing: Int) {
        self.unknownThreshold = unknownThreshold
        self.smoothing = smoothing
    }

    /// Forgets the windows of earlier speech.
    mutating func reset() {
        smoothed = nil
    }

    /// Answers for a window, blended with those before it.
    mutating func answerWindow(_ found: ClassifiedFrames) -> Answer {
        var found = found
        if var blended = smoothed {
            blended.blend(with: found.probabilities, keeping: smoothing)
            found.probabilities = blended
        }
        smoothed = found.probabilities
        return answer(found)
    }

    /// Answers for what was classified as it is.
    func answer(_ found: ClassifiedFrames) -> Answer {
        let top = found.probabilities.top
        let isKnown = Int(found.probabilities.perMille[top]) >= unknownThreshold
        return Answer(
            label: isKnown ? top : nil,
            probabilities: found.probabilities,
            logits: found.logits,
            level: Level.tenthsOfDecibel(found.level),
            frameCount: found.frameCount,
            begin: found.begin,
            end: found.end
        )
    }
}
