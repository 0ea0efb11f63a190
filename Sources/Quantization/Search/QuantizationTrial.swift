/// One way to quantise a model, and how far its answers are from those of full precision.
public struct QuantizationTrial: Sendable {
    /// How ranges were chosen.
    public let ranges: QuantizationChoices.Ranges
    /// Whether channels were equalised.
    public let isEqualized: Bool
    /// Which biases took back mean errors.
    public let correction: QuantizationChoices.Correction
    /// Of the logits, on clips that calibration did not see; what all logits of a clip have in
    /// common is left out.
    public let signalToNoise: SignalToNoise
}
