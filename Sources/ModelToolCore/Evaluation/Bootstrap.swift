/// Percentile intervals of accuracy and UAR by resampling with replacement.
///
/// - Source: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13. A fixed seed and
///   an integer generator give the same figures on every machine.
package struct Bootstrap {
    static let resampleCount = 2000
    static let seed: UInt64 = 1
    static let level = 0.95

    package struct Interval: Equatable {
        package let lower: Double
        package let upper: Double
    }

    package let accuracy: Interval
    package let unweightedAverageRecall: Interval

    /// Resamples groups: single files, or speakers with all of their files.
    package init(groups: [[ConfusionMatrix.Outcome]], labelCount: Int) {
        var generator = SplitMix64(seed: Self.seed)
        var accuracies: [Double] = []
        var recalls: [Double] = []
        for _ in 0..<Self.resampleCount {
            var sum = ConfusionMatrix(labelCount: labelCount)
            for _ in groups.indices {
                for outcome in groups[generator.next(below: groups.count)] { sum.add(outcome) }
            }
            accuracies.append(sum.accuracy)
            recalls.append(sum.unweightedAverageRecall)
        }
        accuracy = Self.interval(accuracies)
        unweightedAverageRecall = Self.interval(recalls)
    }

    static func interval(_ values: [Double]) -> Interval {
        let sorted = values.sorted()
        let tail = Int(Double(sorted.count) * (1 - level) / 2)
        return Interval(lower: sorted[tail], upper: sorted[sorted.count - 1 - tail])
    }
}

/// A small generator of evenly distributed integers.
///
/// - Source: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators (2014).
package struct SplitMix64 {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// An integer 0 … `bound` − 1; the bias is below 2^−40 for every bound in use.
    package mutating func next(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
