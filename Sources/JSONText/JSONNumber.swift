/// A JSON number, kept as the text that was read so that nothing is lost.
public struct JSONNumber: Equatable, Sendable {
    /// The number as written, valid by the JSON grammar.
    public let text: String

    init(validated text: String) {
        self.text = text
    }

    /// Makes a number from an integer.
    public init(_ value: some FixedWidthInteger) {
        text = String(value)
    }

    /// Makes a number from a real value, with the shortest decimal that reads back equal.
    ///
    /// - Range: `value` is finite.
    public init(_ value: Double) {
        precondition(value.isFinite, "JSON has no infinity and no NaN")
        // Swift writes 1e-05 and 5e+20, which JSON accepts as they are.
        text = value.description
    }

    /// The value, if it was written as an integer (no fraction, no exponent) that fits.
    public var integer: Int64? { Int64(text) }

    /// The nearest double, if it is finite.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
