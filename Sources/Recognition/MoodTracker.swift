import FixedPointMath
import Inference

/// Averages the probabilities of utterances with exponentially decaying weights.
///
/// An utterance weighs its duration; weights halve with every half-life.
struct MoodTracker {
    /// Change of a share, in Q20, that is worth an event when the label stays: 5 %.
    static let notableChange: Int32 = (1 << 20) / 20

    private let halfLife: Int64
    private var average: ClassProbabilities
    private var reported: ClassProbabilities?
    /// Decayed sum of durations in microseconds.
    private var weight: Int64 = 0
    private var lastTime: Int64 = 0

    /// - Parameter halfLife: microseconds, at least 1.
    init(labelCount: Int, halfLife: Int64) {
        self.halfLife = halfLife
        average = ClassProbabilities(uniform: labelCount)
    }

    /// Adds an utterance.
    ///
    /// - Returns: the mood, if it has changed enough to be told.
    mutating func add(
        _ probabilities: ClassProbabilities,
        duration: Int64,
        time: Int64
    ) -> Mood? {
        weight = decayed(by: max(0, time - lastTime))
        lastTime = time
        let total = weight + duration
        // Durations are below an hour, so the product stays below 2^42.
        let keeping = total == 0 ? 0 : Int(weight * 1000 / total)
        average.blend(with: probabilities, keeping: keeping)
        weight = min(total, 3_600_000_000)
        guard isNotable else { return nil }
        reported = average
        return Mood(label: average.top, probabilities: average)
    }

    private func decayed(by elapsed: Int64) -> Int64 {
        let halvings = elapsed / halfLife
        guard halvings < 30 else { return 0 }
        let exponent = halvings << 16 + ((elapsed % halfLife) << 16) / halfLife
        let factor = Int64(binaryExponential(Int32(truncatingIfNeeded: -exponent)))
        // Weight below 2^32 times a factor of at most 2^30.
        return (weight * factor) >> 30
    }

    private var isNotable: Bool {
        guard let reported, reported.top == average.top else { return true }
        for index in 0..<average.count
        where abs(reported.shares[index] - average.shares[index]) >= Self.notableChange {
            return true
        }
        return false
    }
}
