/// Takes the greatest value under each position of a window, channel by channel.
///
/// - Shape: `input` `inputShape`, `output` `outputShape` with the same channels.
/// - Format: Int8; scale and zero point of the output equal those of the input.
/// - Range: cells outside the input do not count. Every position must cover at least one cell,
///   which padding below the kernel and dilation 1 ensure.
/// - Overflow: none.
/// - Source: LiteRT `reference_integer_ops::MaxPool`.
@_lifetime(output: copy output)
public func maximumPool2D(
    input: Span<Int8>,
    inputShape: ActivationShape,
    window: SlidingWindow,
    output: inout MutableSpan<Int8>,
    outputShape: ActivationShape,
    quantization: OutputQuantization
) {
    let channels = inputShape.channels
    precondition(input.count == inputShape.elementCount)
    precondition(output.count >= outputShape.elementCount)
    precondition(outputShape.hasExtents(of: window.outputShape(of: inputShape, channels: channels)))
    precondition(window.time.dilation == 1 && window.frequency.dilation == 1)

    let minimum = Int8(truncatingIfNeeded: quantization.minimum)
    let maximum = Int8(truncatingIfNeeded: quantization.maximum)
    var target = 0
    for time in 0..<outputShape.time {
        let times = window.time.coveredRange(position: time, extent: inputShape.time)
        for frequency in 0..<outputShape.frequency {
            let frequencies = window.frequency.coveredRange(
                position: frequency,
                extent: inputShape.frequency
            )
            for channel in 0..<channels { output[target &+ channel] = minimum }
            for t in times {
                for f in frequencies {
                    let start = (t &* inputShape.frequency &+ f) &* channels
                    raise(
                        &output,
                        offset: target,
                        to: input.extracting(start..<start &+ channels)
                    )
                }
            }
            for channel in 0..<channels {
                output[target &+ channel] = min(output[target &+ channel], maximum)
            }
            target &+= channels
        }
    }
}

/// Raises the elements from `offset` on to those of `cell` where these are greater.
@inline(__always)
@_lifetime(output: copy output)
private func raise(_ output: inout MutableSpan<Int8>, offset: Int, to cell: Span<Int8>) {
    let count = cell.count
    precondition(offset >= 0 && count <= output.count && offset <= output.count &- count)
    for i in 0..<count { output[offset &+ i] = max(output[offset &+ i], cell[i]) }
}
