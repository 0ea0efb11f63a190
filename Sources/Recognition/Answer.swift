public import Inference

/// What the network says about a stretch of speech.
public struct Answer: Sendable {
    /// Index of the label, or nil for `unknown`.
    public let label: Int?
    /// Shares of all labels.
    public let probabilities: ClassProbabilities
    /// Logits as the network gave them, in Int8 steps, [labels].
    public let logits: InlineArray<16, Int8>
    /// Tells the features that the network saw from others.
    public let fingerprint: UInt64
    /// Mean level of the classified speech in tenths of a decibel below full scale.
    public let level: Int
    /// Number of frames that were classified.
    public let frameCount: Int
    /// Beginning of the classified speech in microseconds of audio.
    public let begin: Int64
    /// End of the classified speech in microseconds of audio.
    public let end: Int64

    /// Probability of the strongest label in per mille.
    public var confidence: Int { Int(probabilities.perMille[probabilities.top]) }
}
