import JSONText
import SystemIntegration

/// A file with one line of JSON for everything that happened to models, which never grows large.
struct History {
    /// Bytes of the file at most; about a hundred entries.
    static let sizeLimit = 32 << 10

    let path: String

    /// The entries, oldest first; what is no entry, such as a line cut by a loss of power, is skipped.
    var entries: [HistoryEntry] {
        lines.compactMap { line in
            try? HistoryEntry(decoding: JSONCursor(JSONReader.read(Array(line))))
        }
    }

    private var lines: [ArraySlice<UInt8>] {
        let bytes =
            (try? FileDescriptor.contents(ofRegularFile: path, limit: 2 * Self.sizeLimit)) ?? []
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    /// Adds an entry; when the file would grow too long, its older half goes.
    ///
    /// - Throws: `SystemIntegrationError.call`.
    func add(_ entry: HistoryEntry) throws(SystemIntegrationError) {
        let line = Array(entry.json.text.utf8)
        let size = (try? FileStatus(of: path))?.size ?? 0
        guard size + line.count + 2 > Self.sizeLimit else {
            // The line feed before ends a line that a loss of power has cut.
            return try DurableFile.append([UInt8(ascii: "\n")] + line, to: path)
        }
        var kept: [ArraySlice<UInt8>] = []
        var count = 0
        for line in lines.reversed() {
            count += line.count + 1
            if count > Self.sizeLimit / 2 { break }
            kept.append(line)
        }
        let text = kept.reversed().flatMap { $0 + [UInt8(ascii: "\n")] }
        try DurableFile.write(text + line, to: path)
    }
}
