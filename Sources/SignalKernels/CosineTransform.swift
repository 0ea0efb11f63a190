import FixedPointMath

/// Computes cepstral coefficients: the product of the transform's matrix with the log energies.
///
/// - Shape: `logEnergies` at least [melBinCount], `matrix` [cepstralCount, melBinCount], `output` at
///   least [cepstralCount].
/// - Format: `logEnergies` Q20, `matrix` Q30, `output` Q20.
/// - Range: |logEnergies| at most 2^26 (64), |matrix| at most 2^29, as an orthonormal DCT-II of 8 or
///   more points has it; `melBinCount` at most 128.
/// - Overflow: products are below 2^55, 128 of them at most 2^62. The norm of an orthonormal row
///   bounds the result by 64·√128 < 2^10, 2^30 in Q20; other matrices saturate.
/// - Error: one rounding, half a unit of Q20.
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
            sum &+= Int64(factors[column]) &* Int64(values[column])
        }
        output[row] = saturateToInt32(roundingShiftRight(sum, 30))
    }
}
