/// The receiver operating characteristic of scored blocks.
///
/// Blocks without a score count as lower than every score.
package struct DetectionCurve: Equatable {
    /// Scores of blocks with speech and of those without, in ascending order.
    private let speech: [Double]
    private let noise: [Double]

    package init(scores: [Double?], truth: [Bool]) {
        var speech: [Double] = []
        var noise: [Double] = []
        for (score, isSpeech) in zip(scores, truth) {
            if isSpeech {
                speech.append(score ?? -.infinity)
            } else {
                noise.append(score ?? -.infinity)
            }
        }
        self.speech = speech.sorted()
        self.noise = noise.sorted()
    }

    package var speechCount: Int { speech.count }
    package var noiseCount: Int { noise.count }

    /// The share of pairs of speech and noise in which speech scores higher, ties counting half;
    /// nil without such pairs.
    package var area: Double? {
        guard !speech.isEmpty && !noise.isEmpty else { return nil }
        var below = 0
        var upTo = 0
        var pairs = 0.0
        for score in speech {
            while below < noise.count && noise[below] < score { below += 1 }
            while upTo < noise.count && noise[upTo] <= score { upTo += 1 }
            pairs += Double(below + upTo) / 2
        }
        return pairs / Double(speech.count) / Double(noise.count)
    }

    /// The share of speech that is found where at most this share of noise is taken for speech;
    /// nil without speech or noise.
    package func hitRate(atFalseAlarmRate rate: Double) -> Double? {
        guard !speech.isEmpty && !noise.isEmpty else { return nil }
        let allowed = Int((rate * Double(noise.count)).rounded(.down))
        guard allowed < noise.count else { return 1 }
        // What scores above this block is found; blocks of its own score would be one too many.
        let limit = noise[noise.count - 1 - allowed]
        return Double(speech.count { $0 > limit }) / Double(speech.count)
    }
}
