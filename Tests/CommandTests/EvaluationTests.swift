import ModelToolCore
import Testing

@Suite struct EvaluationTests {
    private func matrix(_ outcomes: [(Int, Int?)]) -> ConfusionMatrix {
        var matrix = ConfusionMatrix(labelCount: 3)
        for (truth, prediction) in outcomes {
            matrix.add(.init(truth: truth, prediction: prediction))
        }
        return matrix
    }

    /// Worked out by hand: recalls 2/3, 1/2 and none, precisions 1, 1/2 and 0.
    @Test func figuresFollowTheirDefinitions() {
        let matrix = matrix([(0, 0), (0, 0), (0, 1), (1, 1), (1, 2)])
        #expect(matrix.count == 5)
        #expect(matrix.accuracy == 3.0 / 5)
        #expect(abs(matrix.unweightedAverageRecall - (2.0 / 3 + 1.0 / 2) / 2) < 1e-12)
        #expect(matrix.recall(2) == nil)
        #expect(matrix.precision(0) == 1)
        #expect(matrix.precision(2) == 0)
        // F1: 2·(2/3)/(5/3) = 0.8, 0.5, and 0 for the label that was only claimed.
        #expect(abs(matrix.macroF1 - (0.8 + 0.5 + 0) / 3) < 1e-12)
    }

    @Test func missedRecordingsCountAsWrong() {
        let matrix = matrix([(0, 0), (0, nil), (1, nil)])
        #expect(matrix.missedCount == 2)
        #expect(matrix.missed(0) == 1)
        #expect(matrix.support(0) == 2)
        #expect(matrix.accuracy == 1.0 / 3)
        #expect(matrix.unweightedAverageRecall == (0.5 + 0) / 2)
    }

    @Test func nothingEvaluatedGivesZeros() {
        #expect(matrix([]).accuracy == 0)
        #expect(matrix([]).unweightedAverageRecall == 0)
        #expect(matrix([]).macroF1 == 0)
    }

    /// The first outputs for the seed 0 in the authors' reference code splitmix64.c.
    @Test func generatorIsSplitMix64() {
        var generator = SplitMix64(seed: 0)
        #expect(generator.next() == 0xE220_A839_7B1D_CDAF)
        #expect(generator.next() == 0x6E78_9E6A_A1B9_65F4)
    }

    /// A share of 0.8 over 400 files has a standard error of 0.02: ± 0.039 at 95 %.
    @Test func intervalOverFilesIsThatOfTheBinomial() {
        let groups = (0..<400).map { index in
            [ConfusionMatrix.Outcome(truth: 0, prediction: index % 5 == 0 ? 1 : 0)]
        }
        let interval = Bootstrap(groups: groups, labelCount: 2).accuracy
        #expect(abs(interval.lower - 0.761) < 0.008)
        #expect(abs(interval.upper - 0.839) < 0.008)
    }

    @Test func intervalOverSpeakersIsWiderWhereSpeakersDiffer() {
        // Half of the speakers are always recognised, the others never.
        let speakers = (0..<10).map { speaker in
            (0..<40).map { _ in
                ConfusionMatrix.Outcome(truth: 0, prediction: speaker % 2)
            }
        }
        let bySpeakers = Bootstrap(groups: speakers, labelCount: 2).accuracy
        let byFiles = Bootstrap(groups: speakers.joined().map { [$0] }, labelCount: 2).accuracy
        #expect(bySpeakers.upper - bySpeakers.lower > 3 * (byFiles.upper - byFiles.lower))
        let again = Bootstrap(groups: speakers, labelCount: 2).accuracy
        #expect(again == bySpeakers)
    }

    @Test func utterancesWeighTheirFrames() throws {
        let prediction = try #require(
            Prediction(utterances: [([1, 0], 100), ([0, 2], 300)])
        )
        // Mean logits 0.25 and 1.5: the softmax of 1.25.
        #expect(prediction.label == 1)
        #expect(prediction.frameCount == 400)
        #expect(abs(prediction.confidence - 1 / (1 + 0.2865047968601901)) < 1e-12)
        #expect(Prediction(utterances: []) == nil)
    }

    /// Two models that are wrong about the same half differ in nothing, however it is resampled.
    @Test func pairedIntervalOfEqualAnswersIsNothing() {
        let outcomes = (0..<200).map { index in
            ConfusionMatrix.Outcome(truth: index % 2, prediction: index % 4 < 2 ? 0 : 1)
        }
        let paired = PairedBootstrap(groups: outcomes.map { [($0, $0)] }, labelCount: 2)
        #expect((paired.accuracy.lower, paired.accuracy.upper) == (0, 0))
        #expect(paired.unweightedAverageRecall.upper == 0)
    }

    /// The second model is right in 20 of 400 files where the first is wrong: the difference is
    /// 0.05 with a standard error of √(0.05·0.95 / 400) = 0.0109, ± 0.0214 at 95 %.
    @Test func pairedIntervalIsThatOfTheDifference() {
        let groups = (0..<400).map { index -> [PairedBootstrap.Pair] in
            let right = ConfusionMatrix.Outcome(truth: 0, prediction: 0)
            let wrong = ConfusionMatrix.Outcome(truth: 0, prediction: 1)
            // Half of the others are wrong in both: that must not widen the interval.
            if index < 20 { return [(wrong, right)] }
            return index % 2 == 0 ? [(right, right)] : [(wrong, wrong)]
        }
        let interval = PairedBootstrap(groups: groups, labelCount: 2).accuracy
        #expect(abs(interval.lower - (0.05 - 0.0214)) < 0.005)
        #expect(abs(interval.upper - (0.05 + 0.0214)) < 0.005)
    }
}
