import JSONText

/// A real factor as multiplier and shift: `multiplier · 2^(shift − 31)`.
///
/// - Format: `multiplier` Q31 in 2^30 … 2^31 − 1, or 0; `shift` −31 … 30, positive is left.
public struct FixedPointScale: Equatable, Sendable {
    /// The mantissa in Q31.
    public var multiplier: Int32
    /// The exponent.
    public var shift: Int32

    /// Makes a scale from its parts.
    public init(multiplier: Int32, shift: Int32) {
        self.multiplier = multiplier
        self.shift = shift
    }

    /// The factor as a real number, for tools and reports.
    public var real: Double {
        Double(sign: .plus, exponent: Int(shift) - 31, significand: Double(multiplier))
    }

    init(
        decoding cursor: JSONCursor,
        multiplier: String = "multiplier",
        shift: String = "shift",
        largestShift: Int = 30
    ) throws(JSONError) {
        let place = try cursor.member(multiplier)
        self.multiplier = Int32(try place.integer(0...Int(Int32.max)))
        guard self.multiplier == 0 || self.multiplier >= 1 << 30 else {
            throw place.unexpected("0 or 2^30 … 2^31 − 1")
        }
        self.shift = Int32(try cursor.member(shift).integer(-31...largestShift))
    }
}
