/// A recording of a test list with what the model said about it.
struct EvaluatedClip {
    let clip: LabelledClip
    /// Nil if no stretch of speech was long enough to be classified.
    let prediction: Prediction?

    var outcome: ConfusionMatrix.Outcome {
        ConfusionMatrix.Outcome(truth: clip.label, prediction: prediction?.label)
    }
}
