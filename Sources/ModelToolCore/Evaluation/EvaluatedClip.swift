import JSONText

/// A recording of a test list with what the model said about it.
struct EvaluatedClip {
    let clip: LabelledClip
    let seconds: Double
    /// Whether the file ends before the length that its header states.
    let isTruncated: Bool
    let gate: Prediction.Gate
    /// Nil if no stretch of speech was long enough to be classified.
    let prediction: Prediction?
    let outcome: ConfusionMatrix.Outcome
    /// Probability of the answer; 0 if there is none.
    let confidence: Double

    init(clip: LabelledClip, audio: AudioClip, heard: Predictor.Heard) {
        self.clip = clip
        seconds = audio.seconds
        isTruncated = audio.isTruncated
        gate = heard.gate
        prediction = heard.prediction
        outcome = ConfusionMatrix.Outcome(truth: clip.label, prediction: prediction?.label)
        confidence = prediction?.confidence ?? 0
    }

    /// All that is known of the recording, for whoever evaluates further.
    func json(_ labels: [String]) -> JSONValue {
        func array(_ values: [Double]?) -> JSONValue {
            guard let values else { return .null }
            // Six digits: probabilities and logits come from eight bits.
            return .array(values.map { .real(($0 * 1e6).rounded() / 1e6) })
        }
        return [
            "path": .string(clip.listed.path),
            "label": .string(labels[clip.label]),
            "speaker": .string(clip.speaker),
            "corpus": .string(clip.corpus),
            "predicted": prediction.map { .string(labels[$0.label]) } ?? .null,
            "probabilities": array(prediction?.probabilities),
            "logits": array(prediction?.logits),
            "frames": .integer(prediction?.frameCount ?? 0),
            "seconds": .real(seconds),
            "gate": .string(gate.rawValue),
            "truncated": .bool(isTruncated),
        ]
    }

    var isWrong: Bool { outcome.prediction != outcome.truth }
}
