/// Moves samples to the front of their memory; what is behind the front afterwards stays.
///
/// In runs no longer than the distance, so that what is read and what is written lie apart and the
/// compiler copies many samples at a time.
///
/// - Shape: `samples` at least [distance + count].
public func moveToFront(_ samples: inout MutableSpan<Int16>, from distance: Int, count: Int) {
    precondition(distance >= 0 && count >= 0 && samples.count &- distance >= count)
    guard distance > 0 else { return }
    var index = 0
    while index < count {
        let end = min(index &+ distance, count)
        for place in index..<end { samples[place] = samples[place &+ distance] }
        index = end
    }
}

/// Copies samples to a place; what is before and behind it stays.
///
/// - Shape: `output` at least [offset + input.count].
@_lifetime(output: copy output)
public func copySamples(
    _ input: Span<Int16>,
    into output: inout MutableSpan<Int16>,
    at offset: Int
) {
    let count = input.count
    precondition(offset >= 0 && count <= output.count && offset <= output.count &- count)
    for index in 0..<count { output[offset &+ index] = input[index] }
}
