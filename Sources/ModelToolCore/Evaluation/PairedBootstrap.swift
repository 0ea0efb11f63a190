/// Percentile intervals of what a second model has more than a first on the same recordings.
///
/// Every resample takes both answers of a recording together, so that what is hard for both does
/// not widen the intervals.
///
/// - Source: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13.
package struct PairedBootstrap {
    /// Both answers for one recording.
    package typealias Pair = (first: ConfusionMatrix.Outcome, second: ConfusionMatrix.Outcome)

    package let accuracy: Bootstrap.Interval
    package let unweightedAverageRecall: Bootstrap.Interval

    /// Resamples groups: single files, or speakers with all of their files.
    package init(groups: [[Pair]], labelCount: Int) {
        var generator = SplitMix64(seed: Bootstrap.seed)
        var accuracies: [Double] = []
        var recalls: [Double] = []
        for _ in 0..<Bootstrap.resampleCount {
            var first = ConfusionMatrix(labelCount: labelCount)
            var second = first
            for _ in groups.indices {
                for pair in groups[generator.next(below: groups.count)] {
                    first.add(pair.first)
                    second.add(pair.second)
                }
            }
            accuracies.append(second.accuracy - first.accuracy)
            recalls.append(second.unweightedAverageRecall - first.unweightedAverageRecall)
        }
        accuracy = Bootstrap.interval(accuracies)
        unweightedAverageRecall = Bootstrap.interval(recalls)
    }
}
