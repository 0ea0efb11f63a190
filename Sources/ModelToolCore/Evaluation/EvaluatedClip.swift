/// A recording of a test list with what the model said about it.
struct EvaluatedClip {
    let clip: LabelledClip
    /// Nil if no stretch of speech was long enough to be classified.
    let prediction: Prediction?
    let outcome: ConfusionMatrix.Outcome
    /// Probability of the answer; 0 if there is none.
    let confidence: Double

    init(clip: LabelledClip, prediction: Prediction?) {
        self.clip = clip
        self.prediction = prediction
        outcome = ConfusionMatrix.Outcome(truth: clip.label, prediction: prediction?.label)
        confidence = prediction?.confidence ?? 0
    }

    var isWrong: Bool { outcome.prediction != outcome.truth }
}
