/// A table in comma-separated values (RFC 4180) whose first line names the columns.
package struct CommaSeparatedValues {
    package struct Row {
        /// Line of the file, from 1.
        package let line: Int
        package let fields: [String]
    }

    package let path: String
    package let columns: [String]
    package let rows: [Row]

    package init(reading text: String, path: String) throws(ToolError) {
        var rows: [Row] = []
        // A line break inside quotes is no use in paths and labels, so lines stand by themselves.
        for (index, line) in text.split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        )
        .enumerated()
        where !line.allSatisfy(\.isWhitespace) {
            guard let fields = Self.fields(line) else {
                throw .input(path: path, line: index + 1, reason: "a quote is not closed")
            }
            rows.append(Row(line: index + 1, fields: fields))
        }
        guard let header = rows.first else {
            throw .input(path: path, line: nil, reason: "the list is empty")
        }
        self.path = path
        columns = header.fields
        self.rows = Array(rows.dropFirst())
        for row in self.rows where row.fields.count != columns.count {
            throw .input(
                path: path,
                line: row.line,
                reason: "expected \(columns.count) fields (\(columns.joined(separator: ", "))),"
                    + " found \(row.fields.count)"
            )
        }
    }

    /// Where a column stands.
    package func index(of column: String) throws(ToolError) -> Int {
        guard let index = columns.firstIndex(of: column) else {
            throw .input(
                path: path,
                line: 1,
                reason: "expected a column \(column), found \(columns.joined(separator: ", "))"
            )
        }
        return index
    }

    /// The column `path`, as written and as it leads to files from here.
    func paths() throws(ToolError) -> [(written: String, resolved: String)] {
        let column = try index(of: "path")
        var paths: [(written: String, resolved: String)] = []
        for row in rows {
            let written = row.fields[column]
            guard !written.isEmpty else {
                throw .input(path: path, line: row.line, reason: "the path is empty")
            }
            paths.append((written, Files.resolve(written, relativeTo: path)))
        }
        return paths
    }

    /// A field with quotes where the format needs them.
    package static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else {
            return field
        }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    private static func fields(_ line: Substring) -> [String]? {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var rest = line[...]
        while let character = rest.popFirst() {
            switch (character, isQuoted) {
            case ("\"", true) where rest.first == "\"":
                field.append("\"")
                rest.removeFirst()
            case ("\"", _): isQuoted.toggle()
            case (",", false):
                fields.append(field)
                field = ""
            default: field.append(character)
            }
        }
        return isQuoted ? nil : (fields + [field]).map(trimmed)
    }

    private static func trimmed(_ field: String) -> String {
        let start = field.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
