import FixedPointMath

/// Where the next output of a resampler stands.
public struct ResamplerPosition: Sendable {
    /// Index of the first of its taps in the history.
    public var firstTap: Int
    /// Its phase in units of the plan's interpolation.
    public var phase: Int

    /// Makes a position.
    public init(firstTap: Int, phase: Int) {
        self.firstTap = firstTap
        self.phase = phase
    }
}

/// Computes all outputs whose taps lie in the history, and moves the position on.
///
/// - Shape: `history` [historyCount]; `coefficients` as `fillResamplerCoefficients` fills them;
///   `output` from `offset` on has room for the outputs, the rest is untouched.
/// - Format: Int16 in and out; `coefficients` Q30.
/// - Overflow: the magnitudes of a row sum to less than 4 in Q30, so a sum of products stays below
///   2^47; the interpolation between two of them below 2^63.
/// - Error: one rounding, half a unit; saturates at the limits of Int16.
/// - Returns: The number of outputs.
@_lifetime(output: copy output)
public func resample(
    _ history: Span<Int16>,
    coefficients: Span<Int32>,
    plan: ResamplerPlan,
    position: inout ResamplerPosition,
    into output: inout MutableSpan<Int16>,
    at offset: Int
) -> Int {
    precondition(coefficients.count == plan.rowCount &* plan.tapCount)
    let tapCount = plan.tapCount
    let phaseCount = plan.phaseCount
    let wholeStep = plan.decimation / plan.interpolation
    let partStep = plan.decimation % plan.interpolation
    var firstTap = position.firstTap
    var phase = position.phase
    var count = 0
    while firstTap &+ tapCount <= history.count {
        let taps = history.extracting(firstTap..<firstTap &+ tapCount)
        let sum: Int64
        if plan.isInterpolated {
            let scaled = phase &* phaseCount
            let start = scaled / plan.interpolation &* tapCount
            let fraction = Int64(((scaled % plan.interpolation) &<< 15) / plan.interpolation)
            let middle = start &+ tapCount
            let lower = product(taps, coefficients.extracting(start..<middle))
            let upper = product(taps, coefficients.extracting(middle..<middle &+ tapCount))
            sum = lower &+ (((upper &- lower) &* fraction) &>> 15)
        } else {
            let start = phase &* tapCount
            sum = product(taps, coefficients.extracting(start..<start &+ tapCount))
        }
        output[offset &+ count] = saturateToInt16(roundingShiftRight(sum, 30))
        count &+= 1
        phase &+= partStep
        firstTap &+= wholeStep
        if phase >= plan.interpolation {
            phase &-= plan.interpolation
            firstTap &+= 1
        }
    }
    position = ResamplerPosition(firstTap: firstTap, phase: phase)
    return count
}

/// The sum of the products of samples and coefficients.
@inline(__always)
private func product(_ samples: Span<Int16>, _ coefficients: Span<Int32>) -> Int64 {
    var sum: Int64 = 0
    for tap in 0..<samples.count {
        sum &+= Int64(samples[tap]) &* Int64(coefficients[tap])
    }
    assert(sum.magnitude < 1 << 47)
    return sum
}
