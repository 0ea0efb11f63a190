import ModelDescription

/// A recording of a test list with the truth about it.
struct LabelledClip {
    let path: String
    /// The path as it stands in the list, and the line on which it does.
    let listed: (path: String, line: Int)
    /// Index of the label in the model.
    let label: Int
    let speaker: String
    /// Empty where the list has no such column.
    let corpus: String

    /// Reads a list with the columns `path`, `label`, `speaker` and, if there, `corpus`.
    static func list(at path: String, labels: [String]) throws(ToolError) -> [LabelledClip] {
        let table = try CommaSeparatedValues(reading: try Files.readText(path), path: path)
        let paths = try table.paths()
        let labelColumn = try table.index(of: "label")
        let speakerColumn = try table.index(of: "speaker")
        let corpusColumn = table.columns.firstIndex(of: "corpus")
        var clips: [LabelledClip] = []
        for (row, path) in zip(table.rows, paths) {
            guard let label = labels.firstIndex(of: row.fields[labelColumn]) else {
                throw .input(
                    path: table.path,
                    line: row.line,
                    reason: "label \"\(row.fields[labelColumn])\": the model knows"
                        + " \(labels.joined(separator: ", "))"
                )
            }
            clips.append(
                LabelledClip(
                    path: path.resolved,
                    listed: (path.written, row.line),
                    label: label,
                    speaker: row.fields[speakerColumn],
                    corpus: corpusColumn.map { row.fields[$0] } ?? ""
                )
            )
        }
        guard !clips.isEmpty else {
            throw .input(path: path, line: nil, reason: "the list names no recordings")
        }
        return clips
    }
}
