import FixedPointMath

/// Averages interleaved channels into one.
///
/// - Shape: `samples` [frames, channelCount], `output` at least [frames]; the rest is untouched.
/// - Format: Int16 in and out.
/// - Range: `channelCount` 1 … 32; a mean cannot leave the range of its terms.
/// - Overflow: sums stay below 2^21.
/// - Error: rounded half away from zero, so that silence has no offset.
@_lifetime(output: copy output)
public func downmix(
    _ samples: Span<Int16>,
    channelCount: Int,
    into output: inout MutableSpan<Int16>
) {
    precondition(channelCount >= 1 && channelCount <= 32 && samples.count % channelCount == 0)
    let frameCount = samples.count / channelCount
    precondition(output.count >= frameCount)
    switch channelCount {
    case 1:
        for frame in 0..<frameCount { output[frame] = samples[frame] }
    case 2:
        for frame in 0..<frameCount {
            let sum = Int32(samples[2 &* frame]) &+ Int32(samples[2 &* frame &+ 1])
            // A positive half goes up by the one, a negative one down by the shift.
            output[frame] = Int16(truncatingIfNeeded: (sum &+ (sum > 0 ? 1 : 0)) &>> 1)
        }
    default:
        var position = 0
        for frame in 0..<frameCount {
            var sum: Int64 = 0
            for _ in 0..<channelCount {
                sum &+= Int64(samples[position])
                position &+= 1
            }
            output[frame] = Int16(
                truncatingIfNeeded: roundingDivide(sum, by: Int64(channelCount))
            )
        }
    }
}
