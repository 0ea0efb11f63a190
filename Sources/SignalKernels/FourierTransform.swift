/// Transforms a block in place: the complex discrete Fourier transform divided by its length.
///
/// Decimation in time: bit reversal, then one radix-2 pass where the length is no power of four,
/// then radix-4 passes. Every pass divides by its radix, so nothing can overflow whatever the
/// input, and the time taken does not depend on the data.
///
/// - Shape: `block` at least [length]; `twiddles` [stageTwiddleCount(length)].
/// - Format: Q30 block in and out, with any block exponent; `twiddles` Q31.
/// - Range: parts at most 2^30 in magnitude in, so moduli at most 2^30.5. A pass gives means of two or
///   four numbers times unit roots, whose moduli cannot be greater; rounding adds less than one
///   unit a pass. So all parts stay below 2^30.5 + 8, and Int32 ends at 2^31.
/// - Overflow: a number and a unit root in Q31 have moduli below 2^30.51 and 2^31, so both parts of
///   their product, and both sums, stay below 2^62; sums of four terms with 8 extra bits stay below
///   2^41.
/// - Error: each pass rounds once, to half a unit; the error of the whole transform is below one
///   unit root mean square, 2^30 being full scale.
/// - Source: Cooley and Tukey; two radix-2 passes fused into one radix-4 pass, which keeps plain
///   bit reversal valid.
@_lifetime(block: copy block)
public func fourierTransform(
    _ block: inout MutableSpan<ComplexInt32>,
    length: Int,
    twiddles: Span<ComplexInt32>
) {
    precondition(length >= 4 && length & (length &- 1) == 0 && block.count >= length)
    precondition(twiddles.count == stageTwiddleCount(length: length))
    reverseBits(&block, length: length)
    var quarter = 1
    if length.trailingZeroBitCount & 1 == 1 {
        radix2Pass(&block, length: length)
        quarter = 2
    } else {
        firstRadix4Pass(&block, length: length)
        quarter = 4
    }
    var base = 0
    while quarter < length {
        radix4Pass(&block, length: length, quarter: quarter, twiddles: twiddles, base: base)
        base &+= 3 &* quarter
        quarter &*= 4
    }
}

/// Exchanges every element with the one at the reversed index.
private func reverseBits(_ block: inout MutableSpan<ComplexInt32>, length: Int) {
    var reversed = 0
    var index = 0
    while index < length &- 1 {
        if index < reversed {
            let kept = block[index]
            block[index] = block[reversed]
            block[reversed] = kept
        }
        // Add one from the top: the carry runs towards the low bits.
        var bit = length &>> 1
        while reversed & bit != 0 {
            reversed ^= bit
            bit &>>= 1
        }
        reversed |= bit
        index &+= 1
    }
}

/// Butterflies of neighbours, divided by two with rounding.
private func radix2Pass(_ block: inout MutableSpan<ComplexInt32>, length: Int) {
    var index = 0
    while index < length {
        let a = block[index]
        let b = block[index &+ 1]
        block[index] = (
            real: halved(Int64(a.real) &+ Int64(b.real)),
            imaginary: halved(Int64(a.imaginary) &+ Int64(b.imaginary))
        )
        block[index &+ 1] = (
            real: halved(Int64(a.real) &- Int64(b.real)),
            imaginary: halved(Int64(a.imaginary) &- Int64(b.imaginary))
        )
        index &+= 2
    }
}

/// The radix-4 pass over single elements, where every twiddle is one.
private func firstRadix4Pass(_ block: inout MutableSpan<ComplexInt32>, length: Int) {
    var index = 0
    while index < length {
        let a = block[index]
        let b = block[index &+ 1]
        let c = block[index &+ 2]
        let d = block[index &+ 3]
        let sumReal = Int64(a.real) &+ Int64(b.real)
        let sumImaginary = Int64(a.imaginary) &+ Int64(b.imaginary)
        let differenceReal = Int64(a.real) &- Int64(b.real)
        let differenceImaginary = Int64(a.imaginary) &- Int64(b.imaginary)
        let oddSumReal = Int64(c.real) &+ Int64(d.real)
        let oddSumImaginary = Int64(c.imaginary) &+ Int64(d.imaginary)
        let oddDifferenceReal = Int64(c.real) &- Int64(d.real)
        let oddDifferenceImaginary = Int64(c.imaginary) &- Int64(d.imaginary)
        block[index] = (
            real: quartered(sumReal &+ oddSumReal),
            imaginary: quartered(sumImaginary &+ oddSumImaginary)
        )
        block[index &+ 1] = (
            real: quartered(differenceReal &+ oddDifferenceImaginary),
            imaginary: quartered(differenceImaginary &- oddDifferenceReal)
        )
        block[index &+ 2] = (
            real: quartered(sumReal &- oddSumReal),
            imaginary: quartered(sumImaginary &- oddSumImaginary)
        )
        block[index &+ 3] = (
            real: quartered(differenceReal &- oddDifferenceImaginary),
            imaginary: quartered(differenceImaginary &+ oddDifferenceReal)
        )
        index &+= 4
    }
}

/// One radix-4 pass: four transforms of `quarter` elements become one of `4·quarter`.
///
/// Twiddled terms keep 8 bits below the unit until the sum is rounded once.
@_lifetime(block: copy block)
private func radix4Pass(
    _ block: inout MutableSpan<ComplexInt32>,
    length: Int,
    quarter: Int,
    twiddles: Span<ComplexInt32>,
    base: Int
) {
    var group = 0
    while group < length {
        var twiddle = base
        var index = group
        let end = group &+ quarter
        while index < end {
            let first = block[index]
            let aReal = Int64(first.real) &<< 8
            let aImaginary = Int64(first.imaginary) &<< 8
            // Bit reversal has put the even half's odd part in the second quarter.
            let b = twiddled(block[index &+ quarter], twiddles[twiddle &+ 1])
            let c = twiddled(block[index &+ 2 &* quarter], twiddles[twiddle])
            let d = twiddled(block[index &+ 3 &* quarter], twiddles[twiddle &+ 2])
            let sumReal = aReal &+ b.real
            let sumImaginary = aImaginary &+ b.imaginary
            let differenceReal = aReal &- b.real
            let differenceImaginary = aImaginary &- b.imaginary
            let oddSumReal = c.real &+ d.real
            let oddSumImaginary = c.imaginary &+ d.imaginary
            let oddDifferenceReal = c.real &- d.real
            let oddDifferenceImaginary = c.imaginary &- d.imaginary
            block[index] = (
                real: rounded(sumReal &+ oddSumReal),
                imaginary: rounded(sumImaginary &+ oddSumImaginary)
            )
            block[index &+ quarter] = (
                real: rounded(differenceReal &+ oddDifferenceImaginary),
                imaginary: rounded(differenceImaginary &- oddDifferenceReal)
            )
            block[index &+ 2 &* quarter] = (
                real: rounded(sumReal &- oddSumReal),
                imaginary: rounded(sumImaginary &- oddSumImaginary)
            )
            block[index &+ 3 &* quarter] = (
                real: rounded(differenceReal &- oddDifferenceImaginary),
                imaginary: rounded(differenceImaginary &+ oddDifferenceReal)
            )
            twiddle &+= 3
            index &+= 1
        }
        group &+= 4 &* quarter
    }
}

/// A complex product with 8 bits below the unit of its operands.
private struct Term {
    var real: Int64
    var imaginary: Int64
}

/// Multiplies by a Q31 twiddle and keeps 8 fraction bits.
@inline(__always)
private func twiddled(_ value: ComplexInt32, _ twiddle: ComplexInt32) -> Term {
    let real = Int64(value.real)
    let imaginary = Int64(value.imaginary)
    let cosine = Int64(twiddle.real)
    let sine = Int64(twiddle.imaginary)
    return Term(
        real: (real &* cosine &- imaginary &* sine) &>> 23,
        imaginary: (real &* sine &+ imaginary &* cosine) &>> 23
    )
}

/// Divides by two, rounding half up.
@inline(__always)
private func halved(_ value: Int64) -> Int32 {
    Int32(truncatingIfNeeded: (value &+ 1) &>> 1)
}

/// Divides by four, rounding half up.
@inline(__always)
private func quartered(_ value: Int64) -> Int32 {
    Int32(truncatingIfNeeded: (value &+ 2) &>> 2)
}

/// Removes the 8 extra bits and divides by four, rounding half up.
@inline(__always)
private func rounded(_ value: Int64) -> Int32 {
    let result = (value &+ 512) &>> 10
    assert(result >= Int64(Int32.min) && result <= Int64(Int32.max))
    return Int32(truncatingIfNeeded: result)
}
