/// Counts of truth against prediction, with the figures that follow from them.
package struct ConfusionMatrix: Equatable {
    /// The truth about one recording, and what the model said.
    package struct Outcome: Equatable {
        package let truth: Int
        /// Nil if the recording was missed.
        package let prediction: Int?

        package init(truth: Int, prediction: Int?) {
            self.truth = truth
            self.prediction = prediction
        }
    }

    private let labelCount: Int
    /// [truth, prediction], with one more column for recordings without a prediction.
    private var cells: [Int]

    package init(labelCount: Int) {
        self.labelCount = labelCount
        cells = Array(repeating: 0, count: labelCount * (labelCount + 1))
    }

    package mutating func add(_ outcome: Outcome) {
        cells[outcome.truth * (labelCount + 1) + (outcome.prediction ?? labelCount)] += 1
    }

    /// Recordings of one label that were taken for another, or for itself.
    package func count(truth: Int, prediction: Int) -> Int {
        cells[truth * (labelCount + 1) + prediction]
    }

    /// Recordings of one label without a prediction, which count as wrong.
    package func missed(_ label: Int) -> Int { cells[label * (labelCount + 1) + labelCount] }

    /// Recordings of one label.
    package func support(_ label: Int) -> Int {
        let row = label * (labelCount + 1)
        return cells[row...row + labelCount].reduce(0, +)
    }

    package var count: Int { cells.reduce(0, +) }
    package var missedCount: Int { (0..<labelCount).reduce(0) { $0 + missed($1) } }

    package var accuracy: Double {
        let right = (0..<labelCount).reduce(0) { $0 + count(truth: $1, prediction: $1) }
        return Double(right) / Double(max(count, 1))
    }

    /// Share of a label's recordings that were recognised; nil if there are none.
    package func recall(_ label: Int) -> Double? {
        let support = support(label)
        return support == 0 ? nil : Double(count(truth: label, prediction: label)) / Double(support)
    }

    /// Share of a label's predictions that are right; nil if there are none.
    package func precision(_ label: Int) -> Double? {
        let predicted = (0..<labelCount).reduce(0) {
            $0 + count(truth: $1, prediction: label)
        }
        return predicted == 0
            ? nil : Double(count(truth: label, prediction: label)) / Double(predicted)
    }

    /// Harmonic mean of precision and recall, 0 where one is missing or both are 0.
    package func f1(_ label: Int) -> Double {
        guard let recall = recall(label), let precision = precision(label),
            recall + precision > 0
        else { return 0 }
        return 2 * recall * precision / (recall + precision)
    }

    /// Unweighted average recall over the labels that occur.
    package var unweightedAverageRecall: Double {
        let recalls = (0..<labelCount).compactMap(recall)
        return recalls.reduce(0, +) / Double(max(recalls.count, 1))
    }

    /// Mean F1 over the labels that occur as truth or as prediction.
    package var macroF1: Double {
        let labels = (0..<labelCount).filter { recall($0) != nil || precision($0) != nil }
        return labels.reduce(0) { $0 + f1($1) } / Double(max(labels.count, 1))
    }
}
