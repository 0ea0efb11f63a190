import FixedPointMath

/// Computes cepstral coefficients: the product of the transform's matrix with the log energies.
///
/// - Shape: `logEnergies` at least [melBinCount], `matrix` [cepstralCount, melBinCount], `output` at
///   least [cepstralCount].
/// - Format: `logEnergies` Q20, `matrix` Q30, `output` Q20.
/// - Range: |logEnergies| at most 40 in Q20: the floor is not below −40, and the power of a frame is at
///   most 2^24 times an offset of e^16, whose logarithm is 32.6. |matrix| at most 2^30;
///   `melBinCount` at most 128.
/// - Overflow: 128 products of 40·2^20 and 2^30 sum to at most 40·2^57 < 2^62.4. The norm of an
///   orthonormal row bounds the result by 40·√128 < 2^9, 2^29 in Q20; other matrices saturate.
/// - Error: one rounding, half a unit of Q20.
@_lifetime(output: copy output)
public func applyCosineTransform(
    _ logEnergies: Span<Int32>,
    matrix: Span<Int32>,
    melBinCount: Int,
    cepstralCount: Int,
    into output: inout MutableSpan<Int32>
) {
    precondition(logEnergies.count >= melBinCount && output.count >= cepstralCount)
    precondition(matrix.count == cepstralCount &* melBinCount)
    let values = logEnergies.extracting(0..<melBinCount)
    for row in 0..<cepstralCount {
        let factors = matrix.extracting(row &* melBinCount..<(row &+ 1) &* melBinCount)
        var sum: Int64 = 0
        for column in 0..<melBinCount {
            assert(factors[column].magnitude <= 1 << 30)
            assert(values[column].magnitude <= 40 << 20)
            sum &+= Int64(factors[column]) &* Int64(values[column])
        }
        output[row] = saturateToInt32(roundingShiftRight(sum, 30))
    }
}
