public import Inference

/// Where the utterances of the last minutes point.
public struct Mood: Sendable {
    /// Index of the strongest label.
    public let label: Int
    /// Decayed shares of all labels.
    public let probabilities: ClassProbabilities
}
