import ModelDescription

/// The real values that an activation can hold after quantisation; 0 is one of them.
package struct ActivationRange: Equatable, Sendable {
    /// At most 0.
    package var lower: Double
    /// At least 0.
    package var upper: Double

    /// Makes a range.
    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Scale and zero point of Int8 steps over the range.
    ///
    /// - Source: LiteRT `ChooseQuantizationParams`: the zero point is an integer, so 0 is exact.
    package var quantization: (scale: Double, zeroPoint: Int32) {
        // An activation that is always 0 needs some scale; any will do.
        guard upper > lower else { return (1.0 / 255, -128) }
        let scale = (upper - lower) / 255
        let zeroPoint = (-128 - lower / scale).rounded()
        return (scale, Int32(min(max(zeroPoint, -128), 127)))
    }
}
