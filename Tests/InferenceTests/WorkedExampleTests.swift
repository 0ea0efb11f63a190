import Inference
import ModelDescription
import Testing

/// The examples of `Documentation/Numerics.md`, section 5, where they are worked by hand.
@Suite struct WorkedExampleTests {
    /// The scale of a model's logits.
    let scale = FixedPointScale(multiplier: 2_124_845_559, shift: 12)

    @Test func softmaxAndLargestRemainder() {
        let logits: [Int8] = [40, 20, 38, -60, 10, -128, 33, 39]
        let found = ClassProbabilities(logits: logits.span, scale: scale)
        let shares: [Int32] = [242_062, 102_708, 222_173, 3329, 66_902, 180, 179_313, 231_904]
        let perMille: [Int16] = [231, 98, 212, 3, 64, 0, 171, 221]
        #expect((0..<8).map { found.shares[$0] } == shares)
        #expect((0..<8).map { found.perMille[$0] } == perMille)
    }

    @Test func smoothing() {
        let logits: [Int8] = [127, -128]
        var smoothed = ClassProbabilities(uniform: 2)
        smoothed.blend(with: ClassProbabilities(logits: logits.span, scale: scale), keeping: 500)
        #expect(smoothed.shares[0] == 786_422 && smoothed.shares[1] == 262_153)
    }
}
