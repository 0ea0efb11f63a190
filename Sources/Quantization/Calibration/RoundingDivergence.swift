import Glibc

/// The Kullback-Leibler divergence of a distribution from what 256 steps leave of it.
///
/// Values outside the range count at its outermost bins. Within one step, what is left of the
/// distribution is even over the bins that held any value.
///
/// - Source: Migacz, 8-bit Inference with TensorRT (2017), for ranges with two free limits; sums
///   over steps come from running totals, so that one range costs 256 terms.
struct RoundingDivergence {
    private let histogram: ActivationHistogram
    /// Running totals over the bins: of counts, of bins that are not empty, and of c · ln c.
    private var counts: [Int] = [0]
    private var occupied: [Int] = [0]
    private var logarithms: [Double] = [0]

    init(_ histogram: ActivationHistogram) {
        self.histogram = histogram
        for count in histogram.bins.counts {
            counts.append(counts[counts.count - 1] + count)
            occupied.append(occupied[occupied.count - 1] + (count > 0 ? 1 : 0))
            logarithms.append(logarithms[logarithms.count - 1] + Self.timesLogarithm(count))
        }
    }

    /// The divergence in nats; infinite for a range without any value.
    func callAsFunction(of range: ActivationRange) -> Double {
        let (bins, width) = histogram.bins
        var first = histogram.bin(of: range.lower)
        var end = histogram.bin(of: range.upper) + 1
        while first < end, bins[first] == 0 { first += 1 }
        while end > first, bins[end - 1] == 0 { end -= 1 }
        guard first < end else { return .infinity }
        let total = counts[counts.count - 1]
        let kept = counts[end] - counts[first]
        let (below, above) = (counts[first], total - counts[end])

        // Σ c · ln c over the bins, those at the ends with what is cut off.
        var entropy = logarithms[end] - logarithms[first]
        for (bin, extra) in first == end - 1
            ? [(first, below + above)] : [(first, below), (end - 1, above)]
        {
            entropy += Self.timesLogarithm(bins[bin] + extra) - Self.timesLogarithm(bins[bin])
        }
        // Σ c · ln of the even share of each bin.
        var cross = 0.0
        let step = max((range.upper - range.lower) / 255, width)
        var bin = first
        while bin < end {
            let level = ((Double(bin) + 0.5) * width - edge - range.lower) / step
            let boundary = (level.rounded() + 0.5) * step + range.lower
            let next = min(max(histogram.bin(of: boundary), bin + 1), end)
            let sum = counts[next] - counts[bin]
            if sum > 0 {
                let share = log(Double(sum) / Double(occupied[next] - occupied[bin]))
                let extra = (bin == first ? below : 0) + (next == end ? above : 0)
                cross += Double(sum + extra) * share
            }
            bin = next
        }
        let mass = Double(total)
        return (entropy - cross) / mass - log(mass / Double(kept))
    }

    /// Distance of the first bin from 0.
    private var edge: Double {
        Double(ActivationHistogram.binCount / 2) * histogram.bins.width
    }

    private static func timesLogarithm(_ count: Int) -> Double {
        count > 0 ? Double(count) * log(Double(count)) : 0
    }
}
