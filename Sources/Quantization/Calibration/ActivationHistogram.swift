/// How often which values of an activation occur; the range grows with the values.
///
/// - Format: bins of equal width over −limit … limit, where `limit` is a power of two.
package struct ActivationHistogram {
    static let binCount = 16_384
    private static let smallestLimit: Float = 0x1p-20

    /// Lowest value seen; 0 if none was below.
    package private(set) var minimum: Float = 0
    /// Highest value seen; 0 if none was above.
    package private(set) var maximum: Float = 0
    /// Values that are not exactly 0, which every quantisation represents exactly.
    package private(set) var nonZeroCount = 0
    private var limit = Self.smallestLimit
    private var counts = [Int](repeating: 0, count: Self.binCount)

    /// Makes an empty histogram.
    package init() {}

    /// Counts values.
    ///
    /// - Returns: false, and nothing is counted, if one of them is not finite.
    package mutating func add(_ values: [Float]) -> Bool {
        var lowest: Float = 0
        var highest: Float = 0
        var sum: Float = 0
        for value in values {
            lowest = min(lowest, value)
            highest = max(highest, value)
            // Stays 0 for finite values, becomes not-a-number for all others.
            sum += value * 0
        }
        guard sum == 0 else { return false }
        minimum = min(minimum, lowest)
        maximum = max(maximum, highest)
        grow(to: max(highest, -lowest))
        let scale = Float(Self.binCount / 2) / limit
        for value in values where value != 0 {
            // The sum may round up to the end of the last bin.
            let bin = Int(value * scale + Float(Self.binCount / 2))
            counts[min(bin, Self.binCount - 1)] += 1
            nonZeroCount += 1
        }
        return true
    }

    /// Adds the counts of another activation.
    package mutating func merge(_ other: ActivationHistogram) {
        var other = other
        grow(to: other.limit / 2)
        other.grow(to: limit / 2)
        for bin in counts.indices { counts[bin] += other.counts[bin] }
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        nonZeroCount += other.nonZeroCount
    }

    /// Doubles the limit until it is above a magnitude.
    private mutating func grow(to magnitude: Float) {
        while magnitude >= limit {
            var merged = [Int](repeating: 0, count: Self.binCount)
            for bin in counts.indices { merged[Self.binCount / 4 + bin / 2] += counts[bin] }
            counts = merged
            limit *= 2
        }
    }

    /// Sum of the squared distances of all values above `bound` to it.
    package func squaredExcess(above bound: Double) -> Double {
        excess { $0 > bound ? $0 - bound : 0 }
    }

    /// Sum of the squared distances of all values below `bound` to it.
    package func squaredExcess(below bound: Double) -> Double {
        excess { $0 < bound ? bound - $0 : 0 }
    }

    /// The value below which a share of all values that are not 0 lies; within the extremes.
    package func quantile(_ share: Double) -> Double {
        let rank = share * Double(nonZeroCount)
        var below = 0
        for (bin, count) in counts.enumerated() where count > 0 {
            below += count
            if Double(below) >= rank {
                let edge = Double(bin + 1) * width - Double(limit)
                return min(max(edge, Double(minimum)), Double(maximum))
            }
        }
        return Double(maximum)
    }

    /// Counts from −limit upwards, and the real width of each.
    var bins: (counts: [Int], width: Double) { (counts, width) }

    /// The bin that holds a value within the limits.
    func bin(of value: Double) -> Int {
        min(max(Int((value + Double(limit)) / width), 0), Self.binCount - 1)
    }

    private var width: Double { 2 * Double(limit) / Double(Self.binCount) }

    private func excess(_ distance: (Double) -> Double) -> Double {
        let width = width
        var sum = 0.0
        for (bin, count) in counts.enumerated() where count > 0 {
            let excess = distance((Double(bin) + 0.5) * width - Double(limit))
            sum += Double(count) * excess * excess
        }
        return sum
    }
}
