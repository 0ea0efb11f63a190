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
    precondition(output.count >= samples.count)
    precondition(coefficient >= 0 && coefficient <= 32767)
    var last = Int32(previous)
    for n in 0..<samples.count {
        let sample = Int32(samples[n])
        let scaled = sample &<< 15
        let subtracted = coefficient &* last
        assert(!scaled.subtractingReportingOverflow(subtracted).overflow)
        output[n] = scaled &- subtracted
        last = sample
    }
}
