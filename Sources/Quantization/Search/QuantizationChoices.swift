/// What a search may choose between; nil leaves the choice to what is measured.
public struct QuantizationChoices: Sendable {
    /// How ranges are chosen.
    public enum Ranges: Hashable, Sendable {
        /// One method for all activations.
        case uniform(RangeMethod)
        /// For each activation the method whose rounding changes the answers least.
        case layerwise
    }

    /// Which biases take back mean errors.
    public enum Correction: String, CaseIterable, Sendable {
        /// None.
        case none
        /// Those of the last layer.
        case logits
        /// Those of every layer, one behind the other.
        case layers
    }

    /// How ranges are chosen.
    public var ranges: Ranges?
    /// Whether channels are equalised.
    public var equalization: Bool?
    /// Which biases take back mean errors.
    public var correction: Correction?

    /// Makes choices.
    public init(
        ranges: Ranges? = nil,
        equalization: Bool? = nil,
        correction: Correction? = nil
    ) {
        self.ranges = ranges
        self.equalization = equalization
        self.correction = correction
    }
}

extension QuantizationChoices.Ranges: RawRepresentable {
    /// Every way to choose ranges.
    public static let all =
        RangeMethod.allCases.map { QuantizationChoices.Ranges.uniform($0) } + [.layerwise]

    /// Reads a name.
    public init?(rawValue: String) {
        guard let ranges = Self.all.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = ranges
    }

    /// Name on the command line and in reports.
    public var rawValue: String {
        switch self {
        case .uniform(let method): method.rawValue
        case .layerwise: "layerwise"
        }
    }
}
