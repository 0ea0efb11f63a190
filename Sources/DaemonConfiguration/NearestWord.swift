/// The candidate that is most like a mistyped word, `nil` when none is near.
///
/// Near means at most a third of its letters edited (Levenshtein distance, neighbours swapped count 1).
package func nearestWord(to word: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { (distance: editDistance(word, $0), word: $0) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, best.word.count / 3) ? best.word : nil
}

/// Edits that make one word of another: insert, delete, replace, swap neighbours.
private func editDistance(_ left: String, _ right: String) -> Int {
    // A word of any length may come from the command line; beyond this it is like nothing anyway.
    let left = Array(left.prefix(64))
    let right = Array(right)
    var rows = [Array(0...right.count)]
    for (index, letter) in left.enumerated() {
        var row = [index + 1]
        for (column, other) in right.enumerated() {
            var best = min(
                rows[index][column] + (letter == other ? 0 : 1),
                rows[index][column + 1] + 1,
                row[column] + 1
            )
            if index > 0, column > 0, letter == right[column - 1], left[index - 1] == other {
                best = min(best, rows[index - 1][column - 1] + 1)
            }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}
