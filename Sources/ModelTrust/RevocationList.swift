/// Keys that are not trusted any more, by their numbers.
///
/// A text with one key number a line, in hexadecimal as minisign and `affect-model keygen` print it.
/// What follows `#` is a comment; empty lines are skipped.
public struct RevocationList: Equatable, Sendable {
    /// The numbers, 16 upper-case hexadecimal digits each.
    public let identifiers: [String]

    /// Reads a list.
    ///
    /// - Throws: `malformed` for the first line that is no key number: who wrote it meant to revoke
    ///   something, so the list as a whole must not count as read.
    public init(reading text: String) throws(ModelTrustError) {
        var identifiers: [String] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let word = words.first else { continue }
            guard words.count == 1, word.utf8.count <= 2 * KeyNumber.count,
                let value = UInt64(word, radix: 16), word.first != "+"
            else {
                throw .malformed(
                    what: "line \(number)",
                    expected: "a key number of up to 16 hexadecimal digits, found"
                        + " \(words.joined(separator: " "))"
                )
            }
            let digits = String(value, radix: 16, uppercase: true)
            let zeros = String(repeating: "0", count: 2 * KeyNumber.count - digits.count)
            identifiers.append(zeros + digits)
        }
        self.identifiers = identifiers
    }
}
