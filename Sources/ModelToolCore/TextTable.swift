/// Columns of text: the first aligned left, the others right.
struct TextTable {
    private var rows: [[String]]

    init(header: [String]) {
        rows = [header]
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    var text: String {
        let columnCount = rows.map(\.count).max() ?? 0
        let widths = (0..<columnCount).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                line += (column > 0 ? "  " : "") + (column == 0 ? cell + space : space + cell)
            }
            return line
        }.joined(separator: "\n")
    }
}

extension Double {
    /// The value in decimal notation, rounded to so many digits after the point.
    package func fixed(_ digits: Int) -> String {
        guard isFinite else { return isNaN ? "-" : self < 0 ? "-inf" : "inf" }
        var power = 1.0
        for _ in 0..<digits { power *= 10 }
        let scaled = (magnitude * power).rounded()
        guard scaled < 0x1p62 else { return description }
        let steps = Int64(scaled)
        let sign = self < 0 && steps > 0 ? "-" : ""
        let whole = steps / Int64(power)
        guard digits > 0 else { return "\(sign)\(whole)" }
        let rest = String(steps % Int64(power))
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - rest.count) + rest
    }

    /// The value as percentage with one digit.
    var percent: String { (self * 100).fixed(1) + " %" }
}
