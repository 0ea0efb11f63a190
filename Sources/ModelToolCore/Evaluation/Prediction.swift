import Glibc

/// What a model says about one recording as a whole.
package struct Prediction: Equatable {
    /// What the gate made of a recording.
    package enum Gate: String {
        /// Speech was found and classified.
        case open
        /// Speech was found, but no stretch of it was long enough.
        case short
        /// No speech was found.
        case shut
    }

    /// Index of the label with the greatest logit.
    package let label: Int
    /// Mean of the calibrated logits of the utterances.
    package let logits: [Double]
    /// Softmax of the calibrated logits.
    package let probabilities: [Double]
    /// Frames that were classified.
    package let frameCount: Int

    package var confidence: Double { probabilities[label] }

    /// Combines the utterances of a recording by the mean of their calibrated logits.
    ///
    /// Each is weighted with its frames. Nil if there is none.
    package init?(utterances: [(logits: [Double], frameCount: Int)]) {
        guard let first = utterances.first else { return nil }
        frameCount = utterances.reduce(0) { $0 + $1.frameCount }
        var mean = first.logits.map { _ in 0.0 }
        for utterance in utterances {
            let weight = Double(utterance.frameCount) / Double(frameCount)
            for index in mean.indices { mean[index] += weight * utterance.logits[index] }
        }
        var best = 0
        for index in mean.indices where mean[index] > mean[best] { best = index }
        label = best
        logits = mean
        let exponentials = mean.map { exp($0 - mean[best]) }
        let sum = exponentials.reduce(0, +)
        probabilities = exponentials.map { $0 / sum }
    }
}
