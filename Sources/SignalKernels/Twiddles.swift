/// Returns how many twiddles the passes of a complex transform need.
///
/// - Range: `length` is a power of two, 4 … 1024.
public func stageTwiddleCount(length: Int) -> Int {
    var quarter = length.trailingZeroBitCount & 1 == 1 ? 2 : 4
    var count = 0
    while quarter < length {
        count &+= 3 &* quarter
        quarter &*= 4
    }
    return count
}

/// Fills the twiddles of every radix-4 pass, in the order in which the passes read them.
///
/// For each pass of quarter length `q` and each `k` below `q`: `w^k`, `w^2k`, `w^3k` with
/// `w = exp(−2πi / 4q)`.
///
/// - Shape: `twiddles` [stageTwiddleCount(length)].
/// - Format: Q31; one is 2^31 − 1.
/// - Range: `length` is a power of two, 4 … 1024.
public func fillStageTwiddles(length: Int, into twiddles: inout MutableSpan<ComplexInt32>) {
    precondition(length >= 4 && length <= 1024 && length & (length &- 1) == 0)
    precondition(twiddles.count == stageTwiddleCount(length: length))
    var quarter = length.trailingZeroBitCount & 1 == 1 ? 2 : 4
    var position = 0
    while quarter < length {
        let step = 512 / quarter
        for k in 0..<quarter {
            twiddles[position] = unitRoot(k &* step)
            twiddles[position &+ 1] = unitRoot(2 &* k &* step)
            twiddles[position &+ 2] = unitRoot(3 &* k &* step)
            position &+= 3
        }
        quarter &*= 4
    }
}

/// Fills the twiddles that separate a real spectrum: `exp(−2πi k / fftLength)`.
///
/// - Shape: `twiddles` [fftLength / 4].
/// - Format: Q31; one is 2^31 − 1.
/// - Range: `fftLength` is a power of two, 8 … 2048.
public func fillSplitTwiddles(fftLength: Int, into twiddles: inout MutableSpan<ComplexInt32>) {
    precondition(fftLength >= 8 && fftLength <= 2048 && fftLength & (fftLength &- 1) == 0)
    precondition(twiddles.count == fftLength / 4)
    let step = 2048 / fftLength
    for k in 0..<twiddles.count {
        twiddles[k] = unitRoot(k &* step)
    }
}

/// Returns `exp(−2πi · index / 2048)` from the quarter wave.
private func unitRoot(_ index: Int) -> ComplexInt32 {
    let position = index & 511
    let sine = quarterWave[position]
    let cosine = quarterWave[512 &- position]
    switch (index &>> 9) & 3 {
    case 0: return (real: cosine, imaginary: 0 &- sine)
    case 1: return (real: 0 &- sine, imaginary: 0 &- cosine)
    case 2: return (real: 0 &- cosine, imaginary: sine)
    default: return (real: sine, imaginary: cosine)
    }
}
