/// Reads JSON text (RFC 8259) within limits; any bytes give a value or an error.
public struct JSONReader {
    /// Bounds on what one text may hold.
    public struct Limits: Sendable {
        /// Greatest length in bytes.
        public var bytes: Int
        /// Greatest nesting of arrays and objects.
        public var depth: Int
        /// Greatest number of values of any kind.
        public var values: Int

        /// Makes limits.
        public init(bytes: Int = 1 << 20, depth: Int = 16, values: Int = 100_000) {
            self.bytes = bytes
            self.depth = depth
            self.values = values
        }
    }

    private let bytes: [UInt8]
    private let limits: Limits
    private var position = 0
    private var valueCount = 0

    private init(_ bytes: [UInt8], _ limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads one value that fills the whole text apart from white space.
    ///
    /// - Throws: `malformed`, `duplicateKey`, `tooLarge`, `tooDeep`, `tooManyValues`.
    public static func read(
        _ bytes: [UInt8],
        limits: Limits = Limits()
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw .tooLarge(bytes: bytes.count, limit: limits.bytes)
        }
        var reader = JSONReader(bytes, limits)
        let value = try reader.readValue(depth: 0)
        reader.skipWhiteSpace()
        guard reader.position == bytes.count else { throw reader.malformed("end of text") }
        return value
    }

    /// Reads one value from a string.
    ///
    /// - Throws: as `read(_:limits:)` for bytes.
    public static func read(
        _ text: String,
        limits: Limits = Limits()
    ) throws(JSONError) -> JSONValue {
        try read(Array(text.utf8), limits: limits)
    }

    private func malformed(_ expected: String) -> JSONError {
        .malformed(offset: position, expected: expected)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        valueCount += 1
        guard valueCount <= limits.values else { throw .tooManyValues(limit: limits.values) }
        guard let byte = current else { throw malformed("a value") }
        switch byte {
        case UInt8(ascii: "{"): return try readObject(depth: depth + 1)
        case UInt8(ascii: "["): return try readArray(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: return .number(try readNumber())
        }
    }

    private mutating func readWord(
        _ word: String,
        _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for expected in word.utf8 {
            guard current == expected else { throw malformed(word) }
            position += 1
        }
        return value
    }

    private mutating func readObject(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.depth else { throw .tooDeep(offset: position, limit: limits.depth) }
        position += 1
        var members: [JSONObject.Member] = []
        var keys: Set<String> = []
        skipWhiteSpace()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(JSONObject(distinct: []))
        }
        while true {
            skipWhiteSpace()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw malformed("a key in quotes") }
            let key = try readString()
            guard keys.insert(key).inserted else { throw .duplicateKey(key, offset: start) }
            skipWhiteSpace()
            guard current == UInt8(ascii: ":") else { throw malformed("a colon") }
            position += 1
            members.append(JSONObject.Member(key: key, value: try readValue(depth: depth)))
            skipWhiteSpace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(JSONObject(distinct: members))
            default: throw malformed("a comma or a closing brace")
            }
        }
    }

    private mutating func readArray(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.depth else { throw .tooDeep(offset: position, limit: limits.depth) }
        position += 1
        var elements: [JSONValue] = []
        skipWhiteSpace()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            elements.append(try readValue(depth: depth))
            skipWhiteSpace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(elements)
            default: throw malformed("a comma or a closing bracket")
            }
        }
    }

    private mutating func readNumber() throws(JSONError) -> JSONNumber {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try readDigits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try readDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try readDigits()
        }
        return JSONNumber(validated: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func readDigits() throws(JSONError) {
        guard let byte = current, isDigit(byte) else { throw malformed("a value") }
        while let byte = current, isDigit(byte) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private mutating func readString() throws(JSONError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw malformed("a string in UTF-8")
                }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try readEscape(into: &content)
            case 0..<0x20:
                throw malformed("no control character inside a string")
            default:
                content.append(byte)
                position += 1
            }
        }
        throw malformed("a closing quote")
    }

    private mutating func readEscape(into content: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw malformed("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: try readUnicodeEscape())
        default: throw malformed("a known escape")
        }
    }

    private mutating func readUnicodeEscape() throws(JSONError) -> [UInt8] {
        var code = try readFourHexDigits()
        if code >= 0xD800 && code < 0xDC00 {
            guard current == UInt8(ascii: "\\") else { throw malformed("a low surrogate") }
            position += 1
            guard current == UInt8(ascii: "u") else { throw malformed("a low surrogate") }
            position += 1
            let low = try readFourHexDigits()
            guard low >= 0xDC00 && low < 0xE000 else { throw malformed("a low surrogate") }
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw malformed("a Unicode scalar") }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func readFourHexDigits() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw malformed("four hexadecimal digits") }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): code = code << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): code = code << 4 | UInt32(byte - 0x57)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): code = code << 4 | UInt32(byte - 0x37)
            default: throw malformed("four hexadecimal digits")
            }
            position += 1
        }
        return code
    }
}
