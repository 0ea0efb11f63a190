import FixedPointMath

/// Multiplies a frame with its window, normalises it as one block and packs it for the transform.
///
/// Even samples become real parts and odd samples imaginary parts, the classical way of
/// transforming a real signal with a complex transform of half its length. What the frame does not
/// fill is zero.
///
/// - Shape: `signal` [frameLength], `window` [frameLength], `output` at least [fftLength / 2] with
///   `halfLength` = fftLength / 2 and `frameLength <= fftLength`.
/// - Format: `signal` Q30, `window` Q30, `output` Q(60 − s) with the returned block shift `s`.
/// - Range: `window` 0 … 2^30; every output is at most 2^30 in magnitude, and at least one exceeds
///   2^29 − 1: the block uses all the bits there are, however quiet the frame.
/// - Overflow: |signal| < 2^31, as pre-emphasis gives it, so products stay below 2^61 and their bit
///   lengths at 61: the shift is at most 31, and what a shift to the left leaves is below 2^30.
/// - Returns: The block shift `s`, −30 … 31, or nil when the windowed frame is exactly zero; then
///   `output` is not written.
@_lifetime(output: copy output)
public func applyWindow(
    _ signal: Span<Int32>,
    window: Span<Int32>,
    halfLength: Int,
    into output: inout MutableSpan<ComplexInt32>
) -> Int? {
    let count = signal.count
    precondition(window.count == count)
    precondition(output.count >= halfLength && count <= 2 &* halfLength)

    // The union of the magnitudes' bits has the bit length of the largest magnitude.
    var bits: Int64 = 0
    for n in 0..<count {
        let product = Int64(signal[n]) &* Int64(window[n])
        bits |= product ^ (product &>> 63)
    }
    if bits == 0 && !hasNonzeroProduct(signal, window) { return nil }
    let shift = (64 &- bits.leadingZeroBitCount) &- 30

    var n = 0
    var position = 0
    while n &+ 1 < count {
        output[position] = (
            real: scaledProduct(signal[n], window[n], shift: shift),
            imaginary: scaledProduct(signal[n &+ 1], window[n &+ 1], shift: shift)
        )
        n &+= 2
        position &+= 1
    }
    if n < count {
        output[position] = (
            real: scaledProduct(signal[n], window[n], shift: shift),
            imaginary: 0
        )
        position &+= 1
    }
    while position < halfLength {
        output[position] = (real: 0, imaginary: 0)
        position &+= 1
    }
    return shift
}

/// Tells silence from a frame whose products are all 0 or −1, which the bit union cannot.
private func hasNonzeroProduct(_ signal: Span<Int32>, _ window: Span<Int32>) -> Bool {
    for n in 0..<signal.count where signal[n] != 0 && window[n] != 0 { return true }
    return false
}

/// Returns `round(signal · window / 2^shift)`, a left shift when `shift` is negative.
@inline(__always)
private func scaledProduct(_ signal: Int32, _ window: Int32, shift: Int) -> Int32 {
    let product = Int64(signal) &* Int64(window)
    let scaled =
        shift <= 0 ? product &<< Int64(0 &- shift) : roundingShiftRight(product, shift)
    assert(scaled >= -(1 << 30) && scaled <= 1 << 30)
    return Int32(truncatingIfNeeded: scaled)
}
