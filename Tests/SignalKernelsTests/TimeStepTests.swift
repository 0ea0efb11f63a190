import Foundation
import SignalKernels
import Testing

/// Steps on samples and on rows of features, against hand-computed values and double precision.
@Suite struct TimeStepTests {
    @Test func zeroCountsAsPositiveInTheZeroCrossingRate() {
        let samples: [Int16] = [0, 5, -1, 0, -3, -3, 2]
        // Changes: 5/−1, −1/0, 0/−3, −3/2 of six pairs.
        #expect(zeroCrossingRate(samples.span) == Int32((4.0 / 6 * 1_048_576).rounded()))
        let alternating: [Int16] = [-1, 1, -1, 1]
        #expect(zeroCrossingRate(alternating.span) == 1 << 20)
    }

    @Test(arguments: [64, 400, 1024, 2048])
    func logRootMeanSquareFollowsDoublePrecision(count: Int) {
        var noise = Noise(seed: 4)
        for limit: Int16 in [1, 30, 1000, .max] {
            let samples = noise.samples(count, limit: limit)
            let mean = samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(count)
            let expected = log((mean / 0x1p30).squareRoot())
            let found = Double(logRootMeanSquare(samples.span, floor: -40 << 20)) / 1_048_576
            // Two logarithms of 1.3e-6 at half weight, and half a unit of Q20.
            #expect(abs(found - expected) < 2e-6)
        }
        let silence = [Int16](repeating: 0, count: count)
        #expect(logRootMeanSquare(silence.span, floor: -9 << 20) == -9 << 20)
        let loudest = [Int16](repeating: -32768, count: count)
        #expect(abs(logRootMeanSquare(loudest.span, floor: -9 << 20)) <= 2)
    }

    @Test func blockLogVarianceIgnoresDirectCurrent() {
        let square = (0..<480).map { Int16($0.isMultiple(of: 2) ? 1000 : -1000) }
        let shifted = square.map { $0 + 20_000 }
        // log2(10^6) = 19.93157 in Q20; 3 units of the doc comment.
        #expect(abs(blockLogVariance(square.span) - 20_899_765) <= 3)
        #expect(abs(blockLogVariance(shifted.span) - 20_899_765) <= 3)
        let constant = [Int16](repeating: -32768, count: 65_536)
        #expect(blockLogVariance(constant.span) == -4 << 20)
        let loudest = (0..<65_536).map { Int16($0.isMultiple(of: 2) ? 32767 : -32768) }
        #expect(abs(blockLogVariance(loudest.span) - 30 << 20) <= 50)
        let single: [Int16] = [123]
        #expect(blockLogVariance(single.span) == -4 << 20)
    }

    @Test func downmixRoundsHalfAwayFromZero() {
        let samples: [Int16] = [1, 2, -1, -2, 32767, 32767, -32768, -32768]
        var output = [Int16](repeating: 7, count: 5)
        var span = output.mutableSpan
        downmix(samples.span, channelCount: 2, into: &span)
        #expect(output == [2, -2, 32767, -32768, 7])
    }

    /// Runs of the distance, the last one shorter, and what stays behind them.
    @Test func movingToTheFrontKeepsTheOrder() {
        let samples = (0..<100).map { Int16($0) }
        for distance in 0...40 {
            for count in 0...60 {
                var moved = samples
                var span = moved.mutableSpan
                moveToFront(&span, from: distance, count: count)
                let expected = samples[distance..<distance + count] + samples[count...]
                #expect(moved == Array(expected), "\(count) from \(distance)")
            }
        }
    }

    @Test func meanIsRemovedExactly() {
        var frames: [Int16] = [1, 32767, 2, -32768, 4, -32768, 99]
        var span = frames.mutableSpan
        subtractMean(&span, frameCount: 3, channelCount: 2)
        // Means 7/3 and −32769/3 = −10923: −4/3, −1/3, 5/3; 43690 saturates; −21845.
        #expect(frames == [-1, 32767, 0, -21845, 2, -21845, 99])
    }

    /// The same frames as above, the first of them remembered: the others become what they were there.
    @Test func rememberedFramesCountInTheMean() {
        var frames: [Int16] = [2, -32768, 4, -32768, 99]
        var span = frames.mutableSpan
        let remembered: [Int64] = [1, 32767, 1, 32767 * 32767]
        subtractMean(
            &span,
            frameCount: 2,
            channelCount: 2,
            remembered: remembered.span,
            rememberedCount: 1
        )
        #expect(frames == [0, -21845, 2, -21845, 99])
    }

    /// What was remembered of no frames is not looked at.
    @Test func withoutRememberedFramesSumsChangeNothing() {
        var noise = Noise(seed: 5)
        let before = (0..<40).map { _ in Int16.random(in: -3000...3000, using: &noise) }
        let stale: [Int64] = [5, 6, 7, 8]
        var plain = (before, before)
        var given = (before, before)
        var span = plain.0.mutableSpan
        subtractMean(&span, frameCount: 20, channelCount: 2)
        span = given.0.mutableSpan
        subtractMean(&span, frameCount: 20, channelCount: 2, remembered: stale.span)
        span = plain.1.mutableSpan
        subtractMeanAndDivideByDeviation(
            &span,
            frameCount: 20,
            channelCount: 2,
            fractionBits: 8
        )
        span = given.1.mutableSpan
        subtractMeanAndDivideByDeviation(
            &span,
            frameCount: 20,
            channelCount: 2,
            fractionBits: 8,
            remembered: stale.span
        )
        #expect(given == plain)
        #expect(plain.0 != before && plain.1 != before)
    }

    @Test(arguments: [4, 8, 14], [1, 2, 187, 2048])
    func deviationIsDividedToHalfAUnit(fractionBits: Int, frameCount: Int) {
        var noise = Noise(seed: UInt64(fractionBits * frameCount))
        let limits: [Int16] = [.max, 300, 20, 0]
        var frames: [Int16] = []
        for _ in 0..<frameCount {
            for limit in limits { frames.append(Int16.random(in: -limit...limit, using: &noise)) }
        }
        let before = frames
        frames.append(99)
        var span = frames.mutableSpan
        subtractMeanAndDivideByDeviation(
            &span,
            frameCount: frameCount,
            channelCount: 4,
            fractionBits: fractionBits
        )
        let one = Double(1 << fractionBits)
        for channel in 0..<4 {
            let values = stride(from: channel, to: before.count, by: 4).map { Double(before[$0]) }
            let mean = values.reduce(0, +) / Double(frameCount)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = max((squares / Double(frameCount)).squareRoot() / one, 1 / 16)
            for (index, value) in values.enumerated() {
                let exact = min(max((value - mean) / deviation, -32768), 32767)
                let found = Double(frames[index * 4 + channel])
                // Half a unit of rounding; the root's 2^-5 of n times a unit adds 2^-5 / deviation
                // relative, which is most where the deviation is least.
                let bound = 0.5 + abs(exact) / 32 / Double(frameCount) + 1e-6
                #expect(abs(found - exact) <= bound)
            }
        }
        #expect(frames[before.count] == 99)
    }
}
