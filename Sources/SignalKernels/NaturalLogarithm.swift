import FixedPointMath

/// Returns the natural logarithm of `value · 2^exponent`.
///
/// - Format: Q20 out.
/// - Range: `value >= 1`, `exponent` −200 … 200.
/// - Error: at most 8e-7: the binary logarithm's, times ln 2, and one rounding.
/// - Overflow: the binary logarithm is below 2^28 in Q20, the product with ln 2 in Q30 below 2^58.
public func naturalLogarithm(_ value: UInt64, exponent: Int) -> Int32 {
    assert(exponent >= -200 && exponent <= 200)
    let binary = Int64(binaryLogarithm(value)) &+ Int64(exponent) &<< 20
    let naturalLogarithmOfTwo: Int64 = 744_261_118  // ln 2 in Q30
    return Int32(truncatingIfNeeded: roundingShiftRight(binary &* naturalLogarithmOfTwo, 30))
}

/// Takes the natural logarithm of every mel energy, adds the filter's offset, and limits it below.
///
/// - Shape: `energies` at least [melBinCount], `offsets` [melBinCount], `output` at least
///   [melBinCount].
/// - Format: `energies` integers times 2^`exponent`; `offsets`, `floor`, `output` Q20.
/// - Range: `exponent` −200 … 200; |offset| at most 2^25 (32), so that results stay below 2^28.
///   An energy of zero counts as `floor`.
/// - Error: at most 8e-7 above the floor.
@_lifetime(output: copy output)
public func computeLogEnergies(
    _ energies: Span<UInt64>,
    exponent: Int,
    offsets: Span<Int32>,
    floor: Int32,
    into output: inout MutableSpan<Int32>
) {
    precondition(energies.count >= offsets.count && output.count >= offsets.count)
    for filter in 0..<offsets.count {
        let energy = energies[filter]
        output[filter] =
            energy == 0
            ? floor : max(floor, naturalLogarithm(energy, exponent: exponent) &+ offsets[filter])
    }
}
