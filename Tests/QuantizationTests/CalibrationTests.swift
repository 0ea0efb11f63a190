import ModelDescription
import ModelFile
import Quantization
import Testing

@Suite struct CalibrationTests {
    /// Expected values: frexp by hand, as LiteRT's `QuantizeMultiplier` defines it.
    @Test(
        arguments: [
            (0.5, 1 << 30, 0), (1.0, 1 << 30, 1), (0.25, 1 << 30, -1), (0.75, 3 << 29, 0),
            (0x1p-32, 1 << 30, -31), (0x1p-33, 0, 0), (0, 0, 0), (0x1p31, 0x7FFF_FFFF, 30),
            (1 - 0x1p-40, 1 << 30, 1),
        ] as [(Double, Int, Int)]
    )
    func quantizesMultipliersLikeLiteRT(factor: Double, multiplier: Int, shift: Int) {
        let scale = FixedPointScale(nearestTo: factor)
        #expect(scale == FixedPointScale(multiplier: Int32(multiplier), shift: Int32(shift)))
    }

    @Test func scaleCoversTheRangeAndRepresentsZero() {
        let (scale, zeroPoint) = ActivationRange(lower: -1, upper: 1.55).quantization
        #expect(abs(scale - 0.01) < 1e-12)
        #expect(zeroPoint == -28)
        #expect(ActivationRange(lower: 0, upper: 2.55).quantization.zeroPoint == -128)
        #expect(ActivationRange(lower: -2.55, upper: 0).quantization.zeroPoint == 127)
        #expect(ActivationRange(lower: 0, upper: 0).quantization == (1.0 / 255, -128))
    }

    @Test func histogramGrowsAndMergesWithoutLosingCounts() {
        var small = ActivationHistogram()
        var large = ActivationHistogram()
        _ = small.add([0, 0.001, -0.002])
        _ = large.add([0.0005, 50, -3])
        small.merge(large)
        #expect(small.nonZeroCount == 5)
        #expect(small.minimum == -3)
        #expect(small.maximum == 50)
        // Above 10 lies only 50: (50 − 10)² with bins of 64 · 2 / 16384.
        #expect(abs(small.squaredExcess(above: 10) - 1600) < 2)
        #expect(abs(small.squaredExcess(below: -1) - 4) < 0.1)
    }

    @Test func histogramRefusesWhatIsNotFinite() {
        var histogram = ActivationHistogram()
        let accepted = [histogram.add([1, .nan]), histogram.add([.infinity])]
        #expect(accepted == [false, false])
        #expect(histogram.nonZeroCount == 0)
    }

    @Test func meanSquaredErrorClipsOneOutlierAmongMany() {
        var histogram = ActivationHistogram()
        _ = histogram.add((0..<100_000).map { Float($0 % 1000) / 1000 } + [2])
        #expect(RangeMethod.minMax.range(of: histogram).upper == 2)
        let clipped = RangeMethod.meanSquaredError.range(of: histogram)
        // Clipping the single 2 costs 1, halving the step saves three quarters of 0.5.
        #expect(clipped.upper >= 0.95 && clipped.upper < 2)
        #expect(clipped.lower == 0)
    }

    @Test func percentileLeavesOutOneValueInTenThousand() {
        var histogram = ActivationHistogram()
        // 20,000 values −1 … 1, and one at either end that is far out.
        _ = histogram.add((0..<20_000).map { Float($0 - 10_000) / 10_000 } + [-50, 80])
        let range = RangeMethod.percentile.range(of: histogram)
        // Two values on either side go: the far one and one more; a bin is 128 · 2 / 16384 wide.
        #expect(abs(range.lower + 1) < 0.02)
        #expect(abs(range.upper - 1) < 0.02)
    }

    /// Zeros are represented exactly and say nothing about the range.
    @Test func percentileOfOneSideEndsAtZero() {
        var histogram = ActivationHistogram()
        _ = histogram.add((0..<30_000).map { $0 % 3 == 0 ? 0 : Float($0) / 30_000 })
        let range = RangeMethod.percentile.range(of: histogram)
        #expect(range.lower == 0)
        #expect(range.upper > 0.999 && range.upper <= 1)
    }

    /// 255 steps over an even distribution lose nothing; over half of it they cut half of it off.
    @Test func entropyKeepsAnEvenDistributionWhole() {
        var histogram = ActivationHistogram()
        _ = histogram.add((0..<65_536).map { Float($0) / 65_536 })
        let range = RangeMethod.entropy.range(of: histogram)
        #expect(range.lower == 0)
        #expect(range.upper >= 0.98)
    }

    @Test func entropyClipsOneOutlierAmongMany() {
        var histogram = ActivationHistogram()
        // A bell of 16 sums of even values, with one value at twice its reach.
        var state: UInt32 = 1
        func even() -> Float {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(state >> 8) / Float(1 << 24)
        }
        _ = histogram.add(
            (0..<50_000).map { _ in (0..<16).reduce(Float(-8)) { sum, _ in sum + even() } } + [16]
        )
        let range = RangeMethod.entropy.range(of: histogram)
        #expect(range.upper < 8)
        #expect(range.upper > 3)
    }

    @Test func poolsAndConcatenationsShareOneScale() throws {
        let graph = try GraphFusion.fuse(RandomModel.everything(seed: 1).model()).manifest.graph
        let groups = ScaleGroups(graph)
        func place(_ name: String) -> Int {
            1 + (graph.nodes.firstIndex { $0.name == name } ?? -1)
        }
        let sum = groups.representative(of: place("sum"))
        for name in ["highest", "average", "both"] {
            #expect(groups.representative(of: place(name)) == sum)
        }
        #expect(groups.representative(of: place("point")) == place("point"))
        #expect(groups.representative(of: 0) == 0)
    }
}
