/// Finds keys of too many parts before a document is parsed.
///
/// Tables go as deep as keys have parts, and a parser takes them apart as deep as they go: without
/// a bound, a line of points would make the stack overflow.
enum KeyDepth {
    /// Most parts of a key; as many values may stand within one another (`CTOMLText.cpp`).
    static let limit = 8

    private enum Place {
        case key
        case comment
        /// Within quotes, so many of them.
        case text(quote: UInt8, count: Int)
    }

    /// Where a key has more parts than are allowed, if there is one.
    ///
    /// Right up to the first mistake of a text, behind which a parser does not go either.
    static func excess(_ bytes: [UInt8]) -> TOMLError? {
        var place = Place.key
        var points = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            var width = 1
            switch place {
            case .key:
                switch byte {
                case UInt8(ascii: "."):
                    points += 1
                    if points == limit { return error(bytes, at: index) }
                case UInt8(ascii: "\""), UInt8(ascii: "'"):
                    let count = min(quotes(bytes, at: index), 3)
                    // Two quotes are an empty text.
                    if count != 2 { place = .text(quote: byte, count: count) }
                    width = count
                case UInt8(ascii: "#"): place = .comment
                case UInt8(ascii: "\n"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "["),
                    UInt8(ascii: "{"):
                    points = 0
                default: break
                }
            case .comment:
                if byte == UInt8(ascii: "\n") {
                    place = .key
                    points = 0
                }
            case .text(let quote, let count):
                if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                    width = 2
                } else if byte == quote {
                    // One or two more may stand before the three that end a text of several lines.
                    width = count == 1 ? 1 : quotes(bytes, at: index)
                    if width >= count { place = .key }
                }
            }
            index += width
        }
        return nil
    }

    private static func error(_ bytes: [UInt8], at index: Int) -> TOMLError {
        let lines = bytes[..<index].split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        return TOMLError(
            line: lines.count,
            column: (lines.last?.count ?? 0) + 1,
            message: "expected a key of at most \(limit) parts"
        )
    }

    /// How many equal quotes stand in a row.
    private static func quotes(_ bytes: [UInt8], at index: Int) -> Int {
        bytes[index...].prefix { $0 == bytes[index] }.count
    }
}
