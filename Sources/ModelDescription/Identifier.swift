/// Classes of ASCII bytes that names are made of.
enum IdentifierBytes {
    case lowercase
    case lowercaseOrDigit
    case lowercaseDigitOrDash
    case alphanumericOrUnderscore

    func contains(_ byte: UInt8) -> Bool {
        let lowercase = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        let digit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        return switch self {
        case .lowercase: lowercase
        case .lowercaseOrDigit: lowercase || digit
        case .lowercaseDigitOrDash: lowercase || digit || byte == UInt8(ascii: "-")
        case .alphanumericOrUnderscore:
            lowercase || digit || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || byte == UInt8(ascii: "_")
        }
    }
}

/// Whether a text is one byte of `first` followed by bytes of `rest`, at most `limit` in all.
func isIdentifier(
    _ text: String,
    first: IdentifierBytes,
    rest: IdentifierBytes,
    limit: Int
) -> Bool {
    guard let head = text.utf8.first, text.utf8.count <= limit else { return false }
    return first.contains(head) && text.utf8.dropFirst().allSatisfy(rest.contains)
}
