import FixedPointMath

/// How far the prototype reaches to each side, in samples of the lower rate.
let prototypeHalfWidth = 46

/// How many samples the table of the prototype has per sample of the lower rate.
private let prototypeStepCount = 16

/// Fills the coefficients of a resampler: the prototype, sampled where each phase needs it.
///
/// - Shape: `coefficients` [plan.rowCount, plan.tapCount].
/// - Format: Q30; every row sums to exactly 2^30, so a constant passes unchanged in every phase.
/// - Overflow: prototype values times 6 stay below 2^33, times the Q20 fraction below 2^55; their
///   normalisation by 2^30 below 2^63.
/// - Error: third-order interpolation of the prototype is right to −100 dB of its peak, below the
///   stop band of −90 dB.
/// - Source: Smith and Gossett, "A flexible sampling-rate conversion method", with Lagrange's
///   cubic instead of linear interpolation. The low-pass is flat to 7 kHz and ends at 8 kHz, or at
///   the same fractions of a lower input rate.
public func fillResamplerCoefficients(
    _ plan: ResamplerPlan,
    into coefficients: inout MutableSpan<Int32>
) {
    let tapCount = plan.tapCount
    let phaseCount = plan.phaseCount
    precondition(coefficients.count == plan.rowCount &* tapCount)
    let isDecimating = plan.inputRate > ResamplerPlan.outputRate
    let numerator = Int64(prototypeStepCount &* (isDecimating ? ResamplerPlan.outputRate : 1))
    let denominator = Int64(phaseCount &* (isDecimating ? plan.inputRate : 1))
    for row in 0..<plan.rowCount {
        let start = row &* tapCount
        // Tap tapCount/2 − 1 is the input sample at or before the time of the output.
        var sum: Int64 = 0
        for tap in 0..<tapCount {
            let distance = Int64((tap &- tapCount / 2 &+ 1) &* phaseCount &- row)
            sum &+= prototype(at: distance.magnitude, times: numerator, over: denominator)
        }
        var total: Int32 = 0
        for tap in 0..<tapCount {
            let distance = Int64((tap &- tapCount / 2 &+ 1) &* phaseCount &- row)
            let value = prototype(at: distance.magnitude, times: numerator, over: denominator)
            let coefficient = Int32(
                truncatingIfNeeded: roundingDivide(value &<< 30, by: sum)
            )
            coefficients[start &+ tap] = coefficient
            total &+= coefficient
        }
        // What rounding left over goes to the largest coefficient.
        let centre = start &+ tapCount / 2 &- (2 &* row < phaseCount ? 1 : 0)
        coefficients[centre] &+= 1 &<< 30 &- total
    }
}

/// Returns six times the prototype at `distance · numerator / denominator` steps, in Q30.
private func prototype(
    at distance: UInt64,
    times numerator: Int64,
    over denominator: Int64
) -> Int64 {
    let scaled = Int64(truncatingIfNeeded: distance) &* numerator
    let index = Int(truncatingIfNeeded: scaled / denominator)
    guard index < prototypeHalfWidth &* prototypeStepCount else { return 0 }
    let fraction = ((scaled % denominator) &<< 20) / denominator
    let before = prototypeSample(index &- 1)
    let first = prototypeSample(index)
    let second = prototypeSample(index &+ 1)
    let after = prototypeSample(index &+ 2)
    // Lagrange's cubic through the four, times 6, by Horner's rule.
    let cubic = after &- before &+ 3 &* (first &- second)
    let square = 3 &* (before &+ second) &- 6 &* first
    let linear = 6 &* second &- 2 &* before &- 3 &* first &- after
    var value = square &+ ((cubic &* fraction) &>> 20)
    value = linear &+ ((value &* fraction) &>> 20)
    return 6 &* first &+ ((value &* fraction) &>> 20)
}

/// Returns a sample of the symmetric prototype, zero beyond its end.
private func prototypeSample(_ index: Int) -> Int64 {
    let position = index < 0 ? 0 &- index : index
    return position < resamplerPrototype.count ? Int64(resamplerPrototype[position]) : 0
}
