import Inference
import ModelDescription
import VoiceActivity

/// Turns what the network found into an answer: smoothing and `unknown`.
struct Decision {
    private let unknownThreshold: Int
    private let smoothing: Int
    private let hysteresis: Int
    /// Least mean level of speech above the noise, Q20; `nil` answers always.
    private let minimumSignalToNoise: Int32?
    /// Probabilities of the windows of the running speech.
    private var smoothed: ClassProbabilities?
    /// The strongest label of the last window, held as long as no other leads enough.
    private var held: Int?

    init(parameters: DecisionParameters, options: RecognizerOptions) {
        unknownThreshold = options.unknownThreshold ?? parameters.unknownThreshold
        smoothing = options.smoothing ?? parameters.smoothing
        hysteresis = options.hysteresis
        minimumSignalToNoise =
            options.minimumSignalToNoise == 0
            ? nil : Level.difference(tenthsOfDecibel: options.minimumSignalToNoise)
    }

    /// Forgets the windows of earlier speech.
    mutating func reset() {
        smoothed = nil
        held = nil
    }

    /// Answers for a window, blended with those before it.
    mutating func answerWindow(_ found: ClassifiedFrames) -> Answer {
        var found = found
        if var blended = smoothed {
            blended.blend(with: found.probabilities, keeping: smoothing)
            found.probabilities = blended
        }
        smoothed = found.probabilities
        let label = leader(of: found.probabilities)
        held = label
        return answer(found, label: label)
    }

    /// Answers for what was classified as it is.
    func answer(_ found: ClassifiedFrames) -> Answer {
        answer(found, label: found.probabilities.top)
    }

    /// The strongest label, or the one before if it is not far enough behind.
    private func leader(of probabilities: ClassProbabilities) -> Int {
        let top = probabilities.top
        guard let held else { return top }
        let perMille = probabilities.perMille
        return Int(perMille[top]) - Int(perMille[held]) < hysteresis ? held : top
    }

    private func answer(_ found: ClassifiedFrames, label: Int) -> Answer {
        var isKnown = Int(found.probabilities.perMille[label]) >= unknownThreshold
        if let minimumSignalToNoise {
            isKnown = isKnown && found.level &- found.noiseFloor >= minimumSignalToNoise
        }
        return Answer(
            label: isKnown ? label : nil,
            probabilities: found.probabilities,
            logits: found.logits,
            fingerprint: found.fingerprint,
            level: Level.tenthsOfDecibel(found.level),
            frameCount: found.frameCount,
            begin: found.begin,
            end: found.end
        )
    }
}
