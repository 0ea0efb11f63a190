/// Copies the cells under one position of a window into a contiguous patch without zero point.
///
/// - Shape: `input` `shape`; writes `window.tapCount · shape.channels` elements of `patches` from
///   `offset` on, as [kernelTime, kernelFrequency, channels].
/// - Format: Int8 with `zeroPoint` in, Int16 without zero point out.
/// - Range: −255 … 255; cells outside the input count as zero.
@_lifetime(patches: copy patches)
func gatherPatch(
    input: Span<Int8>,
    shape: ActivationShape,
    zeroPoint: Int16,
    window: SlidingWindow,
    time: Int,
    frequency: Int,
    patches: inout MutableSpan<Int16>,
    offset: Int
) {
    let channels = shape.channels
    let firstTime = time &* window.time.stride &- window.time.paddingBefore
    let firstFrequency =
        frequency &* window.frequency.stride &- window.frequency.paddingBefore
    let rowLength = window.frequency.kernel &* channels
    var target = offset
    for tapTime in 0..<window.time.kernel {
        let t = firstTime &+ tapTime &* window.time.dilation
        if t < 0 || t >= shape.time {
            fillZero(&patches, offset: target, count: rowLength)
            target &+= rowLength
            continue
        }
        for tapFrequency in 0..<window.frequency.kernel {
            let f = firstFrequency &+ tapFrequency &* window.frequency.dilation
            if f < 0 || f >= shape.frequency {
                fillZero(&patches, offset: target, count: channels)
            } else {
                let start = (t &* shape.frequency &+ f) &* channels
                widen(
                    input.extracting(start..<start &+ channels),
                    zeroPoint: zeroPoint,
                    into: &patches,
                    offset: target
                )
            }
            target &+= channels
        }
    }
}

/// Sets `count` elements from `offset` on to zero.
@inline(__always)
private func fillZero(_ patches: inout MutableSpan<Int16>, offset: Int, count: Int) {
    precondition(offset >= 0 && count <= patches.count && offset <= patches.count &- count)
    for i in 0..<count { patches[offset &+ i] = 0 }
}

/// Writes `cell − zeroPoint` from `offset` on.
@inline(__always)
@_lifetime(patches: copy patches)
private func widen(
    _ cell: Span<Int8>,
    zeroPoint: Int16,
    into patches: inout MutableSpan<Int16>,
    offset: Int
) {
    let count = cell.count
    precondition(offset >= 0 && count <= patches.count && offset <= patches.count &- count)
    for i in 0..<count { patches[offset &+ i] = Int16(cell[i]) &- zeroPoint }
}
