/// How the range of an activation is chosen from its values.
public enum RangeMethod: String, CaseIterable, Sendable {
    /// From the lowest to the highest value.
    case minMax = "min-max"
    /// The range with the least mean squared error: rare extremes are clipped for finer steps.
    case meanSquaredError = "mean-squared-error"

    /// Chooses a range that holds 0.
    package func range(of histogram: ActivationHistogram) -> ActivationRange {
        let widest = ActivationRange(
            lower: Double(histogram.minimum),
            upper: Double(histogram.maximum)
        )
        switch self {
        case .minMax: return widest
        case .meanSquaredError: return narrowed(widest, histogram)
        }
    }

    /// Tries all pairs of fractions of both limits.
    private func narrowed(
        _ widest: ActivationRange,
        _ histogram: ActivationHistogram
    ) -> ActivationRange {
        let fractions = (15...50).map { Double($0) / 50 }
        let lowers = fractions.map { $0 * widest.lower }
        let uppers = fractions.map { $0 * widest.upper }
        let lowerErrors = lowers.map { histogram.squaredExcess(below: $0) }
        let upperErrors = uppers.map { histogram.squaredExcess(above: $0) }
        var best = widest
        var least = Double.infinity
        for (lower, lowerError) in zip(lowers, lowerErrors) {
            for (upper, upperError) in zip(uppers, upperErrors) {
                let step = (upper - lower) / 255
                // Rounding gives an error that is uniform over one step.
                let rounding = step * step / 12 * Double(histogram.nonZeroCount)
                let error = rounding + lowerError + upperError
                if error < least {
                    least = error
                    best = ActivationRange(lower: lower, upper: upper)
                }
            }
        }
        return best
    }
}
