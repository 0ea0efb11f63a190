/// Lanes that are added up side by side.
let laneBlock = 16

/// The sums of stored integers and of their squares in sixteen lanes.
struct LaneSums {
    // Literals, since `init(repeating:)` may become a call.
    var values: InlineArray<16, Int32> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    var squares: InlineArray<16, Int64> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// Adds up the lanes `first ..< first + 16` of [count, lanes], as far as there are so many.
///
/// Neighbouring lanes are neighbours in memory, so a row of them is read at once.
///
/// - Format: Int8 in, zero point included.
/// - Range: at most 2^23 rows.
/// - Overflow: sums stay below 2^30; squares are at most 2^14, added up to 2^30 at a time.
@inline(__always)
func laneSums(from first: Int, lanes: Int, input: Span<Int8>) -> LaneSums {
    var sums = LaneSums()
    let width = min(laneBlock, lanes &- first)
    let count = input.count / lanes
    var row = 0
    while row < count {
        let end = min(count, row &+ 1 &<< 16)
        var values: InlineArray<16, Int32> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        var squares: InlineArray<16, Int32> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        if width == laneBlock {
            for r in row..<end {
                let start = r &* lanes &+ first
                let cell = input.extracting(start..<start &+ laneBlock)
                for i in 0..<laneBlock {
                    let value = Int32(cell[i])
                    values[i] = values[i] &+ value
                    squares[i] = squares[i] &+ value &* value
                }
            }
        } else {
            for r in row..<end {
                let start = r &* lanes &+ first
                for i in 0..<width {
                    let value = Int32(input[start &+ i])
                    values[i] = values[i] &+ value
                    squares[i] = squares[i] &+ value &* value
                }
            }
        }
        for i in 0..<laneBlock {
            sums.values[i] = sums.values[i] &+ values[i]
            sums.squares[i] = sums.squares[i] &+ Int64(squares[i])
        }
        row = end
    }
    return sums
}
