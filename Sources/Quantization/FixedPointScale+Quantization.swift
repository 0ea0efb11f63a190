public import ModelDescription

extension FixedPointScale {
    /// The nearest scale to a real factor.
    ///
    /// - Range: `factor` ≥ 0 and finite. Factors below 2^−32 become 0, those of 2^30 and more
    ///   the greatest scale.
    /// - Source: LiteRT `QuantizeMultiplier`.
    public init(nearestTo factor: Double) {
        precondition(factor >= 0 && factor.isFinite, "scales are not negative")
        guard factor > 0 else {
            self.init(multiplier: 0, shift: 0)
            return
        }
        var exponent = Int32(factor.exponent) + 1
        var mantissa = Int64((factor.significand * 0x1p30).rounded())
        if mantissa == 1 << 31 {
            mantissa /= 2
            exponent += 1
        }
        if exponent < -31 {
            self.init(multiplier: 0, shift: 0)
        } else if exponent > 30 {
            self.init(multiplier: Int32.max, shift: 30)
        } else {
            self.init(multiplier: Int32(mantissa), shift: exponent)
        }
    }
}
