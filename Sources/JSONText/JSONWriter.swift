/// Writes JSON text into a byte buffer that can be reused.
public struct JSONWriter {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []

    /// Makes an empty writer.
    public init() {}

    /// Empties the buffer and keeps its storage.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends a value without white space.
    public mutating func write(_ value: JSONValue) {
        write(value, indentation: nil, level: 0)
    }

    /// Appends a value, two spaces a level; arrays without objects or arrays stay on one line.
    public mutating func writePretty(_ value: JSONValue) {
        write(value, indentation: 2, level: 0)
    }

    /// Appends a byte as it is, for separators between values.
    public mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    private mutating func write(_ value: JSONValue, indentation: Int?, level: Int) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): write(string: text)
        case .array(let elements):
            let flat = elements.allSatisfy { !$0.isContainer }
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                separate(index, flat ? nil : indentation, level + 1)
                if flat && indentation != nil && index > 0 { bytes.append(0x20) }
                write(element, indentation: indentation, level: level + 1)
            }
            if !flat { breakLine(indentation, level) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                separate(index, indentation, level + 1)
                write(string: member.key)
                bytes.append(UInt8(ascii: ":"))
                if indentation != nil { bytes.append(0x20) }
                write(member.value, indentation: indentation, level: level + 1)
            }
            if !object.members.isEmpty { breakLine(indentation, level) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func separate(_ index: Int, _ indentation: Int?, _ level: Int) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        breakLine(indentation, level)
    }

    private mutating func breakLine(_ indentation: Int?, _ level: Int) {
        guard let indentation else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indentation * level))
    }

    private mutating func write(string: String) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// The value as compact JSON text.
    public var text: String {
        var writer = JSONWriter()
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The value as indented JSON text.
    public var prettyText: String {
        var writer = JSONWriter()
        writer.writePretty(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
