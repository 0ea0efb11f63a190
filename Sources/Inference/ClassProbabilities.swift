import FixedPointMath
public import ModelDescription

/// Probabilities of up to sixteen classes, in integers from logits to per mille.
///
/// - Format: shares are non-negative Int32 in Q20; they sum to 2^20 within rounding.
public struct ClassProbabilities: Sendable {
    /// Greatest number of classes of a model.
    public static let maximumCount = 16

    /// Number of classes.
    public let count: Int
    /// Share of each class in Q20; zero from `count` on.
    public private(set) var shares: InlineArray<16, Int32>

    /// Equal shares for all classes.
    public init(uniform count: Int) {
        precondition(count >= 1 && count <= Self.maximumCount)
        self.count = count
        shares = InlineArray(repeating: 0)
        for index in 0..<count { shares[index] = (1 << 20) / Int32(count) }
    }

    /// The softmax of quantised logits.
    ///
    /// - Parameter logits: [count] Int8 steps.
    /// - Parameter scale: turns one step into the calibrated logit over ln 2 in Q16.
    /// - Overflow: differences are at most 255 · 2^22; exponentials sum to at most 2^34.
    /// - Error: each exponential is exact to 6 units of Q30, each share to one unit of Q20.
    public init(logits: Span<Int8>, scale: FixedPointScale) {
        self.init(uniform: logits.count)
        var largest = logits[0]
        for index in 1..<count { largest = max(largest, logits[index]) }
        var exponentials = InlineArray<16, Int64>(repeating: 0)
        var sum: Int64 = 0
        for index in 0..<count {
            let difference = requantize(
                Int32(logits[index]) &- Int32(largest),
                multiplier: scale.multiplier,
                shift: scale.shift
            )
            exponentials[index] = Int64(binaryExponential(min(0, difference)))
            sum &+= exponentials[index]
        }
        for index in 0..<count {
            shares[index] = Int32(truncatingIfNeeded: (exponentials[index] &<< 20) / sum)
        }
    }

    /// The class with the greatest share; the first of several equals.
    public var top: Int {
        var best = 0
        for index in 1..<count where shares[index] > shares[best] { best = index }
        return best
    }

    /// Moves towards newer probabilities.
    ///
    /// - Parameter keeping: per mille of the present shares that stay, 0 … 1000.
    public mutating func blend(with newer: ClassProbabilities, keeping: Int) {
        precondition(newer.count == count && keeping >= 0 && keeping <= 1000)
        for index in 0..<count {
            let sum =
                Int64(shares[index]) &* Int64(keeping)
                &+ Int64(newer.shares[index]) &* Int64(1000 &- keeping)
            shares[index] = Int32(truncatingIfNeeded: sum / 1000)
        }
    }

    /// Shares in per mille that sum to 1000 exactly.
    ///
    /// - Source: largest remainders; the first of equal remainders wins.
    public var perMille: InlineArray<16, Int16> {
        var result = InlineArray<16, Int16>(repeating: 0)
        var remainders = InlineArray<16, Int64>(repeating: -1)
        var total: Int64 = 0
        for index in 0..<count { total &+= Int64(shares[index]) }
        var missing = 1000
        for index in 0..<count {
            let scaled = Int64(shares[index]) &* 1000
            let whole = scaled / total
            result[index] = Int16(truncatingIfNeeded: whole)
            remainders[index] = scaled &- whole &* total
            missing &-= Int(whole)
        }
        while missing > 0 {
            var best = 0
            for index in 1..<count where remainders[index] > remainders[best] { best = index }
            result[best] &+= 1
            remainders[best] = -1
            missing &-= 1
        }
        return result
    }
}
