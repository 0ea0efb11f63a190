/// How the range of an activation is chosen from its values.
public enum RangeMethod: String, CaseIterable, Sendable {
    /// From the lowest to the highest value.
    case minMax = "min-max"
    /// Without the outermost 0.01 % of the values on either side.
    case percentile
    /// The range with the least mean squared error: rare extremes are clipped for finer steps.
    case meanSquaredError = "mean-squared-error"
    /// The range whose steps keep most of the distribution: least Kullback-Leibler divergence.
    case entropy

    /// Share of the values that `percentile` leaves out on either side.
    private static let tail = 1e-4

    /// Chooses a range that holds 0.
    package func range(of histogram: ActivationHistogram) -> ActivationRange {
        let widest = ActivationRange(
            lower: Double(histogram.minimum),
            upper: Double(histogram.maximum)
        )
        switch self {
        case .minMax:
            return widest
        case .percentile:
            return ActivationRange(
                lower: min(histogram.quantile(Self.tail), 0),
                upper: max(histogram.quantile(1 - Self.tail), 0)
            )
        case .meanSquaredError:
            return Self.best(within: widest, Self.squaredError(histogram, widest))
        case .entropy:
            let divergence = RoundingDivergence(histogram)
            return Self.best(within: widest) { divergence(of: $0) }
        }
    }

    /// Fractions of a limit that are tried.
    private static let fractions = (15...50).map { Double($0) / 50 }

    /// Tries all pairs of fractions of both limits, the wide ones first.
    private static func best(
        within widest: ActivationRange,
        _ error: (ActivationRange) -> Double
    ) -> ActivationRange {
        var best = widest
        var least = Double.infinity
        for lower in widest.lower == 0 ? [1] : fractions.reversed() {
            for upper in widest.upper == 0 ? [1] : fractions.reversed() {
                let range = ActivationRange(
                    lower: lower * widest.lower,
                    upper: upper * widest.upper
                )
                let found = error(range)
                if found < least {
                    least = found
                    best = range
                }
            }
        }
        return best
    }

    private static func squaredError(
        _ histogram: ActivationHistogram,
        _ widest: ActivationRange
    ) -> (ActivationRange) -> Double {
        var below: [Double: Double] = [:]
        var above: [Double: Double] = [:]
        for fraction in fractions {
            let (lower, upper) = (fraction * widest.lower, fraction * widest.upper)
            below[lower] = histogram.squaredExcess(below: lower)
            above[upper] = histogram.squaredExcess(above: upper)
        }
        return { range in
            let step = (range.upper - range.lower) / 255
            // Rounding gives an error that is uniform over one step.
            let rounding = step * step / 12 * Double(histogram.nonZeroCount)
            return rounding + below[range.lower, default: 0] + above[range.upper, default: 0]
        }
    }
}
