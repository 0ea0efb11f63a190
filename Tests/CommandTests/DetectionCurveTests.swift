import ModelToolCore
import Testing

@Suite struct DetectionCurveTests {
    /// Speech 3, 2; noise 2, 1: of four pairs three are right and one is a tie.
    @Test func areaCountsPairsAndTiesHalf() {
        let curve = DetectionCurve(scores: [3, 2, 2, 1], truth: [true, true, false, false])
        #expect(curve.area == 3.5 / 4)
        #expect(curve.speechCount == 2 && curve.noiseCount == 2)
    }

    @Test func hitRateKeepsWithinTheFalseAlarmsThatAreAllowed() {
        let curve = DetectionCurve(scores: [3, 2, 2, 1], truth: [true, true, false, false])
        // No false alarm: only what scores above 2. One of two: what scores above 1. Both: all.
        #expect(curve.hitRate(atFalseAlarmRate: 0) == 0.5)
        #expect(curve.hitRate(atFalseAlarmRate: 0.49) == 0.5)
        #expect(curve.hitRate(atFalseAlarmRate: 0.5) == 1)
        #expect(curve.hitRate(atFalseAlarmRate: 1) == 1)
    }

    @Test func blocksBehindAClosedGateScoreLowest() {
        let curve = DetectionCurve(scores: [nil, 5, nil, -9], truth: [true, true, false, false])
        // Pairs: nil against nil ties, nil against −9 loses, 5 wins twice.
        #expect(curve.area == 2.5 / 4)
        #expect(curve.hitRate(atFalseAlarmRate: 0) == 0.5)
    }

    @Test func withoutSpeechOrNoiseThereIsNoCurve() {
        #expect(DetectionCurve(scores: [1], truth: [true]).area == nil)
        #expect(DetectionCurve(scores: [1], truth: [false]).hitRate(atFalseAlarmRate: 0.1) == nil)
    }
}
