import ModelFile

/// Chooses the method of every activation by what its rounding alone does to the answers.
///
/// Measured on clips that did not give the ranges: the network runs in full precision, and one
/// activation, with those that share its range, is rounded.
struct LayerwiseRanges {
    private let quantizer: Quantizer
    private let candidates: [RangeMethod]
    private let rangesByMethod: [ActivationRanges]
    private let placeGroups: [[Int]]
    /// For each group the error with each candidate.
    private var errors: [[AnswerError]]

    /// - Throws: `noCalibration`.
    init(_ quantizer: Quantizer) throws(QuantizationError) {
        self.quantizer = quantizer
        candidates = RangeMethod.allCases
        var ranges: [ActivationRanges] = []
        for method in candidates { ranges.append(try quantizer.ranges(method)) }
        rangesByMethod = ranges
        placeGroups = quantizer.placeGroups
        errors = placeGroups.map { _ in ranges.map { _ in AnswerError() } }
    }

    mutating func observe(_ clip: CalibrationClip) {
        let network = quantizer.reference
        let input = network.input(features: clip.features, frameCount: clip.frameCount)
        let activations = network.activations(
            features: clip.features,
            frameCount: clip.frameCount
        )
        let expected = activations[activations.count - 1].values
        for (group, places) in placeGroups.enumerated() {
            for candidate in candidates.indices {
                let range = rangesByMethod[candidate].ranges[places[0]]
                let found = network.logits(
                    input: input,
                    activations: activations,
                    changing: Set(places)
                ) { $0.round(to: range) }
                errors[group][candidate].add(expected: expected, found: found.map(Double.init))
            }
        }
    }

    /// The best method of each activation, the first of equals.
    var best: ActivationRanges {
        var best = rangesByMethod[0]
        for (group, places) in placeGroups.enumerated() {
            var winner = 0
            for candidate in candidates.indices
            where errors[group][candidate].signalToNoise.isBetter(
                than: errors[group][winner].signalToNoise
            ) {
                winner = candidate
            }
            for place in places {
                best.ranges[place] = rangesByMethod[winner].ranges[place]
                best.methods[place] = candidates[winner]
            }
        }
        return best
    }
}
