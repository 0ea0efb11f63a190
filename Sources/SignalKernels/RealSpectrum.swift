/// Separates the spectrum of a real signal from the transform of its even and odd samples.
///
/// With `Z` the complex transform of `x[2n] + i·x[2n+1]`, divided by `H = fftLength / 2`, the block
/// becomes `X[k] / fftLength` for `k` = 0 … H.
///
/// - Shape: `block` at least [H + 1], elements 0 … H − 1 in, 0 … H out; `twiddles` [H / 2].
/// - Format: Q30 block in and out; `twiddles` Q31.
/// - Range: the mean of real samples of at most 2^30 times unit roots is at most 2^30, and so is
///   every output, up to a few units of rounding.
/// - Overflow: the odd part, Z[k] − Z*[H − k], has a modulus of at most 2·2^30.5 + 16. A twiddle has one
///   of 2^31, so both parts of the product stay below 2^62.6; sums with 8 extra bits below 2^41.
/// - Error: one rounding, half a unit.
/// - Source: any text on real transforms; `X[k] = E + w^k·O`.
@_lifetime(block: copy block)
public func separateRealSpectrum(
    _ block: inout MutableSpan<ComplexInt32>,
    halfLength: Int,
    twiddles: Span<ComplexInt32>
) {
    precondition(halfLength >= 4 && block.count >= halfLength &+ 1)
    precondition(twiddles.count == halfLength / 2)
    let first = block[0]
    block[0] = (
        real: rounded((Int64(first.real) &+ Int64(first.imaginary)) &<< 9),
        imaginary: 0
    )
    block[halfLength] = (
        real: rounded((Int64(first.real) &- Int64(first.imaginary)) &<< 9),
        imaginary: 0
    )
    let middle = block[halfLength / 2]
    block[halfLength / 2] = (
        real: rounded(Int64(middle.real) &<< 9),
        imaginary: rounded(0 &- Int64(middle.imaginary) &<< 9)
    )

    for k in 1..<halfLength / 2 {
        let low = block[k]
        let high = block[halfLength &- k]
        // Twice the even part, and twice the odd part after multiplication with −i.
        let evenReal = (Int64(low.real) &+ Int64(high.real)) &<< 8
        let evenImaginary = (Int64(low.imaginary) &- Int64(high.imaginary)) &<< 8
        let oddReal = Int64(low.imaginary) &+ Int64(high.imaginary)
        let oddImaginary = Int64(high.real) &- Int64(low.real)
        let cosine = Int64(twiddles[k].real)
        let sine = Int64(twiddles[k].imaginary)
        let termReal = (oddReal &* cosine &- oddImaginary &* sine) &>> 23
        let termImaginary = (oddReal &* sine &+ oddImaginary &* cosine) &>> 23
        block[k] = (
            real: rounded(evenReal &+ termReal),
            imaginary: rounded(evenImaginary &+ termImaginary)
        )
        block[halfLength &- k] = (
            real: rounded(evenReal &- termReal),
            imaginary: rounded(termImaginary &- evenImaginary)
        )
    }
}

/// Removes 8 extra bits and divides by four, rounding half up.
@inline(__always)
private func rounded(_ value: Int64) -> Int32 {
    let result = (value &+ 512) &>> 10
    assert(result >= Int64(Int32.min) && result <= Int64(Int32.max))
    return Int32(truncatingIfNeeded: result)
}
