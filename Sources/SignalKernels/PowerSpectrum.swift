/// Computes the squared magnitude of every bin, exactly.
///
/// - Shape: `spectrum` at least [binCount], `power` at least [binCount].
/// - Format: `spectrum` Q30 block, `power` UInt64 in Q60 with twice the block exponent.
/// - Range: 64 bits keep the whole dynamic range: a bin 80 dB below the peak of a frame still has
///   more than 30 significant bits, where 32-bit power would leave it five.
/// - Overflow: |X| <= 2^30, so a power is at most 2^60. By Parseval the sum over the bins of one
///   frame is at most 2^60 as well, up to rounding. Two parts of 2^30 would give 2^61.
/// - Error: none.
@_lifetime(power: copy power)
public func computePowerSpectrum(
    _ spectrum: Span<ComplexInt32>,
    binCount: Int,
    into power: inout MutableSpan<UInt64>
) {
    precondition(spectrum.count >= binCount && power.count >= binCount)
    for k in 0..<binCount {
        let real = Int64(spectrum[k].real)
        let imaginary = Int64(spectrum[k].imaginary)
        let square = real &* real &+ imaginary &* imaginary
        assert(square <= 1 << 61)
        power[k] = UInt64(truncatingIfNeeded: square)
    }
}
