/// A recording whose speech is known to the millisecond.
struct LabelledStream {
    let path: String
    /// Milliseconds [begin, end) of each stretch of speech, in order; empty for noise alone.
    let speech: [Range<Int>]
    /// What it is grouped by, empty where the list has no such column.
    let kind: String
    let snr: String

    /// Reads a list with the columns `path`, `boundaries` and, if there, `kind` and `snr`.
    static func list(at path: String) throws(ToolError) -> [LabelledStream] {
        let table = try CommaSeparatedValues(reading: try Files.readText(path), path: path)
        let pathColumn = try table.index(of: "path")
        let boundaryColumn = try table.index(of: "boundaries")
        let kindColumn = table.columns.firstIndex(of: "kind")
        let snrColumn = table.columns.firstIndex(of: "snr")
        var streams: [LabelledStream] = []
        for row in table.rows {
            guard let speech = boundaries(row.fields[boundaryColumn]) else {
                throw .input(
                    path: path,
                    line: row.line,
                    reason: "boundaries \"\(row.fields[boundaryColumn])\": expected"
                        + " begin-end begin-end … in milliseconds, in order"
                )
            }
            streams.append(
                LabelledStream(
                    path: Files.resolve(row.fields[pathColumn], relativeTo: path),
                    speech: speech,
                    kind: kindColumn.map { row.fields[$0] } ?? "",
                    snr: snrColumn.map { row.fields[$0] } ?? ""
                )
            )
        }
        guard !streams.isEmpty else {
            throw .input(path: path, line: nil, reason: "the list names no recordings")
        }
        return streams
    }

    /// Whether the middle of each of the first blocks lies in speech.
    func truth(blockCount: Int) -> [Bool] {
        var truth = Array(repeating: false, count: blockCount)
        for stretch in speech {
            for block in 0..<blockCount
            where stretch.contains(block * SpeechScorer.blockMilliseconds + 5) {
                truth[block] = true
            }
        }
        return truth
    }

    private static func boundaries(_ text: String) -> [Range<Int>]? {
        var found: [Range<Int>] = []
        for part in text.split(separator: " ") {
            let edges = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard edges.count == 2, let begin = edges[0], let end = edges[1], begin < end,
                begin >= found.last?.upperBound ?? 0
            else { return nil }
            found.append(begin..<end)
        }
        return found
    }
}
