/// What is wrong with a JSON text or with the value at a place in it.
public enum JSONError: Error, Equatable {
    /// The text is no JSON. `offset` counts bytes from 0.
    case malformed(offset: Int, expected: String)
    /// An object has the same key twice.
    case duplicateKey(String, offset: Int)
    /// The text is larger than the limit.
    case tooLarge(bytes: Int, limit: Int)
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep(offset: Int, limit: Int)
    /// The text holds more values than the limit.
    case tooManyValues(limit: Int)
    /// A required member is missing. `path` reads like `graph.nodes[3].op`.
    case missing(path: String)
    /// A member is not known here.
    case unknownMember(path: String, known: [String])
    /// A value has the wrong type or range.
    case unexpected(path: String, expected: String, found: String)
}

extension JSONError: CustomStringConvertible {
    /// The error in words: what was expected, what came.
    public var description: String {
        switch self {
        case .malformed(let offset, let expected):
            "not valid JSON at byte \(offset): expected \(expected)"
        case .duplicateKey(let key, let offset):
            "the key \"\(key)\" appears twice (byte \(offset))"
        case .tooLarge(let bytes, let limit):
            "the JSON text has \(bytes) bytes, at most \(limit) are allowed"
        case .tooDeep(let offset, let limit):
            "nested deeper than \(limit) levels at byte \(offset)"
        case .tooManyValues(let limit):
            "more than \(limit) values in one JSON text"
        case .missing(let path):
            "\(path) is missing"
        case .unknownMember(let path, let known):
            "\(path) is not known; known here: \(known.joined(separator: ", "))"
        case .unexpected(let path, let expected, let found):
            "\(path): expected \(expected), found \(found)"
        }
    }
}
