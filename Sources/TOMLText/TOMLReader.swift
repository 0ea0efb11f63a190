import CTOMLText

/// Reads TOML documents with toml++.
public enum TOMLReader {
    /// All keys of a document in the order of the text.
    ///
    /// - Throws: `TOMLError` when the text is no TOML 1.0, or goes deeper than any configuration:
    ///   a key of more than eight parts, more than eight values within one another.
    public static func read(_ bytes: [UInt8]) throws(TOMLError) -> [TOMLEntry] {
        if let error = KeyDepth.excess(bytes) { throw error }
        let collector = Collector()
        var failure = ctoml_failure()
        // Sound: the text is read and the visitor called before the call returns; the collector
        // outlives it.
        let isRead = unsafe bytes.withUnsafeBytes { buffer in
            let text = unsafe buffer.assumingMemoryBound(to: CChar.self)
            return unsafe ctoml_read(
                text.baseAddress,
                text.count,
                collect,
                Unmanaged.passUnretained(collector).toOpaque(),
                &failure
            )
        }
        guard isRead != 0 else {
            // Sound: the message is terminated within the array.
            let message = unsafe withUnsafeBytes(of: &failure.message) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw TOMLError(
                line: Int(failure.line),
                column: Int(failure.column),
                message: message
            )
        }
        return collector.entries.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}

/// Takes what is visited.
private final class Collector {
    var entries: [TOMLEntry] = []
}

private func collect(_ context: UnsafeMutableRawPointer?, _ visited: UnsafePointer<ctoml_value>?) {
    guard let context = unsafe context, let visited = unsafe visited?.pointee else { return }
    let collector = unsafe Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
    let value: TOMLValue =
        switch Int(unsafe visited.kind) {
        case ctoml_string: .string(unsafe string(visited.text, visited.text_length))
        case ctoml_integer: .integer(unsafe Int(visited.integer))
        case ctoml_boolean: .boolean(unsafe visited.integer != 0)
        case ctoml_real: .real
        case ctoml_array: .array
        case ctoml_table: .table
        default: .date
        }
    collector.entries.append(
        TOMLEntry(
            path: unsafe string(visited.path, visited.path_length),
            value: value,
            line: unsafe Int(visited.line),
            column: unsafe Int(visited.column)
        )
    )
}

/// Sound for what a visitor is given: so many bytes are there during the visit.
private func string(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    unsafe String(
        decoding: UnsafeRawBufferPointer(start: start, count: count),
        as: UTF8.self
    )
}
