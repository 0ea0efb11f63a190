import FixedPointMath

/// Averages interleaved channels into one.
///
/// - Shape: `samples` [frames, channelCount], `output` at least [frames]; the rest is untouched.
/// - Format: Int16 in and out.
/// - Range: `channelCount` 1 … 32; a mean cannot leave the range of its terms.
/// - Overflow: sums stay below 2^21.
/// - Error: rounded half away from zero, so that silence has no offset.
public func downmix(
    _ samples: Span<Int16>,
    channelCount: Int,
    into output: inout MutableSpan<Int16>
) {
    precondition(channelCount >= 1 && channelCount <= 32 && samples.count % channelCount == 0)
    let frameCount = samples.count / channelCount
    precondition(output.count >= frameCount)
    var position = 0
    for frame in 0..<frameCount {
        var sum: Int64 = 0
        for _ in 0..<channelCount {
            sum &+= Int64(samples[position])
            position &+= 1
        }
        output[frame] = Int16(truncatingIfNeeded: roundingDivide(sum, by: Int64(channelCount)))
    }
}
