import Glibc
import Inference
import ModelDescription
import Testing

@Suite struct ClassProbabilitiesTests {
    /// 2^30 · 2^(13 − 31) is 2^12: one step is 1/16 of a bit.
    private let scale = FixedPointScale(multiplier: 1 << 30, shift: 13)

    private func perMille(_ probabilities: ClassProbabilities) -> [Int] {
        (0..<probabilities.count).map { Int(probabilities.perMille[$0]) }
    }

    @Test func softmaxFollowsDoublePrecision() {
        let logits: [Int8] = [-128, 0, 5, 16, 17, 32, 127, 126]
        let probabilities = ClassProbabilities(logits: logits.span, scale: scale)
        let exponentials = logits.map { exp2((Double($0) - 127) / 16) }
        let sum = exponentials.reduce(0, +)
        for index in logits.indices {
            let exact = exponentials[index] / sum * 1_048_576
            #expect(abs(Double(probabilities.shares[index]) - exact) <= 1.5)
        }
        #expect(probabilities.top == 6)
    }

    @Test func perMilleSumsToAThousand() {
        for a in stride(from: -128, through: 127, by: 17) {
            for b in stride(from: -128, through: 127, by: 13) {
                let logits = [Int8(a), Int8(b), 0, 1, 2, 3, 4]
                let probabilities = ClassProbabilities(logits: logits.span, scale: scale)
                #expect(perMille(probabilities).reduce(0, +) == 1000)
            }
        }
        #expect(perMille(ClassProbabilities(uniform: 3)) == [334, 333, 333])
        #expect(perMille(ClassProbabilities(uniform: 1)) == [1000])
    }

    @Test func equalLogitsShareEquallyAndTheFirstLeads() {
        let probabilities = ClassProbabilities(logits: [7, 7, 7, 7].span, scale: scale)
        #expect(perMille(probabilities) == [250, 250, 250, 250])
        #expect(probabilities.top == 0)
    }

    @Test func blendingKeepsItsShareOfThePast() {
        var probabilities = ClassProbabilities(uniform: 2)
        let sure = ClassProbabilities(logits: [127, -128].span, scale: scale)
        probabilities.blend(with: sure, keeping: 500)
        #expect(perMille(probabilities) == [750, 250])
        probabilities.blend(with: sure, keeping: 0)
        #expect(perMille(probabilities) == [1000, 0])
    }
}
