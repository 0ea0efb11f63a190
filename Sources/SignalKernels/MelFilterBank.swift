/// Computes one row of mel energies from a power spectrum with sparse triangular filters.
///
/// - Shape: `power` [fftLength / 2 + 1]; `firstBins`, `binCounts` [melBinCount]; `weights` [sum of
///   `binCounts`]; `energies` at least [melBinCount].
/// - Format: `power` UInt64 with a block exponent, `weights` Q15, `energies` UInt64 in the format
///   of `power`.
/// - Range: `weights` at most 2^15; powers of one frame sum to at most 2^61.
/// - Overflow: power is cut into a high part and 15 low bits. High products sum to at most 2^61,
///   low products stay below 2^30, at most 1025 of them below 2^41.
/// - Error: the result is the exact sum, rounded down once.
/// - Source: triangular filters as in HTK and librosa; the tables come with the model.
@_lifetime(energies: copy energies)
public func applyMelFilterBank(
    _ power: Span<UInt64>,
    firstBins: Span<Int32>,
    binCounts: Span<Int32>,
    weights: Span<UInt16>,
    into energies: inout MutableSpan<UInt64>
) {
    precondition(firstBins.count == binCounts.count && energies.count >= firstBins.count)
    var position = 0
    for filter in 0..<firstBins.count {
        let first = Int(firstBins[filter])
        let count = Int(binCounts[filter])
        let bins = power.extracting(first..<first &+ count)
        let factors = weights.extracting(position..<position &+ count)
        var high: UInt64 = 0
        var low: UInt64 = 0
        for k in 0..<count {
            let weight = UInt64(factors[k])
            high &+= (bins[k] &>> 15) &* weight
            assert(bins[k] <= 1 << 61 && weight <= 1 << 15 && high <= 1 << 62)
            low &+= (bins[k] & 0x7FFF) &* weight
        }
        energies[filter] = high &+ (low &>> 15)
        position &+= count
    }
}
