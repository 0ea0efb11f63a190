/// Copies one input of a concatenation to its place in the output.
///
/// - Shape: `input` [rows, width] goes to the columns `offset ..< offset + width` of `output`
///   [rows, outputWidth]. Along channels, `rows` is time · frequency and the widths are channels;
///   along frequency, `rows` is time and the widths are frequency · channels.
/// - Format: Int8; all scales and zero points are equal.
/// - Overflow: none.
/// - Source: LiteRT `reference_ops::Concatenation`.
@_lifetime(output: copy output)
public func concatenation(
    input: Span<Int8>,
    rows: Int,
    output: inout MutableSpan<Int8>,
    outputWidth: Int,
    offset: Int
) {
    precondition(rows >= 1 && input.count % rows == 0)
    let width = input.count / rows
    precondition(offset >= 0 && offset &+ width <= outputWidth)
    precondition(output.count >= rows &* outputWidth)
    for row in 0..<rows {
        let source = row &* width
        let target = row &* outputWidth &+ offset
        for i in 0..<width { output[target &+ i] = input[source &+ i] }
    }
}
