/// Applies `y[n] = x[n] − a·x[n−1]` without loss.
///
/// - Shape: `samples` [n], `output` at least [n]; the rest of `output` is untouched.
/// - Format: `samples` Q15, `coefficient` Q15, `output` Q30 (−2 … 2).
/// - Range: `coefficient` 0 … 32767; `previous` is the sample before `samples[0]`.
/// - Overflow: |y| <= 2^15·2^15 + 2^15·(2^15 − 1) < 2^31, so Int32 holds the exact value.
/// - Error: none; the output is the exact result for the Q15 coefficient. Rounding a real coefficient
///   to Q15 changes the gain at 0 Hz, `1 − a`, by up to 2^-16: 0.05 % for a = 0.97.
@_lifetime(output: copy output)
public func applyPreEmphasis(
    _ samples: Span<Int16>,
    previous: Int16,
    coefficient: Int32,
    into output: inout MutableSpan<Int32>
) {
    let count = samples.count
    precondition(output.count >= count)
    precondition(coefficient >= 0 && coefficient <= 32767)
    guard count > 0 else { return }
    output[0] = emphasized(samples[0], previous, coefficient)
    for n in 1..<count {
        output[n] = emphasized(samples[n], samples[n &- 1], coefficient)
    }
}

@inline(__always)
private func emphasized(_ sample: Int16, _ previous: Int16, _ coefficient: Int32) -> Int32 {
    let scaled = Int32(sample) &<< 15
    let subtracted = coefficient &* Int32(previous)
    assert(!scaled.subtractingReportingOverflow(subtracted).overflow)
    return scaled &- subtracted
}
