/// Returns how many of the neighbouring pairs of a frame change sign.
///
/// - Shape: `samples` [n], n at least 2.
/// - Format: Q20 out, 0 … 1: sign changes over `n − 1`, rounded to nearest.
/// - Range: zero counts as positive; n at most 2^16.
/// - Overflow: at most 2^16 changes shifted by 20 stay below 2^37.
public func zeroCrossingRate(_ samples: Span<Int16>) -> Int32 {
    precondition(samples.count >= 2 && samples.count <= 65_536)
    var changes: Int64 = 0
    for n in 1..<samples.count {
        changes &+= Int64((samples[n] ^ samples[n &- 1]) < 0 ? 1 : 0)
    }
    let pairs = Int64(samples.count &- 1)
    return Int32(truncatingIfNeeded: ((changes &<< 20) &+ pairs / 2) / pairs)
}
