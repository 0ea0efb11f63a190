/// A tensor of a model file: row-major elements with their shape.
public struct Tensor: Equatable, Sendable {
    /// Elements in one of the types that the format allows.
    public enum Elements: Equatable, Sendable {
        case int8([Int8])
        case uint8([UInt8])
        case int16([Int16])
        case uint16([UInt16])
        case int32([Int32])
        case float32([Float])
    }

    /// Extents, outermost first.
    public let shape: [Int]
    /// The elements.
    public let elements: Elements

    /// Makes a tensor.
    ///
    /// - Range: the number of elements is the product of `shape`.
    public init(shape: [Int], _ elements: Elements) {
        precondition(shape.reduce(1, *) == elements.count, "shape and elements must agree")
        self.shape = shape
        self.elements = elements
    }
}

/// An element type with its name in the file.
enum ElementType: String, CaseIterable {
    case int8 = "I8"
    case uint8 = "U8"
    case int16 = "I16"
    case uint16 = "U16"
    case int32 = "I32"
    case float32 = "F32"

    var size: Int {
        switch self {
        case .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .float32: 4
        }
    }
}

extension Tensor.Elements {
    var type: ElementType {
        switch self {
        case .int8: .int8
        case .uint8: .uint8
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .float32: .float32
        }
    }

    /// Number of elements.
    public var count: Int {
        switch self {
        case .int8(let values): values.count
        case .uint8(let values): values.count
        case .int16(let values): values.count
        case .uint16(let values): values.count
        case .int32(let values): values.count
        case .float32(let values): values.count
        }
    }

    /// Reads little-endian elements.
    ///
    /// - Range: the number of bytes is a multiple of the element's size.
    init(type: ElementType, littleEndian bytes: ArraySlice<UInt8>) {
        switch type {
        case .int8: self = .int8(bytes.map { Int8(bitPattern: $0) })
        case .uint8: self = .uint8(Array(bytes))
        case .int16: self = .int16(words16(bytes).map { Int16(bitPattern: $0) })
        case .uint16: self = .uint16(words16(bytes))
        case .int32: self = .int32(words32(bytes).map { Int32(bitPattern: $0) })
        case .float32: self = .float32(words32(bytes).map { Float(bitPattern: $0) })
        }
    }

    /// Appends the elements in little-endian order.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .int8(let values): bytes.append(contentsOf: values.lazy.map { UInt8(bitPattern: $0) })
        case .uint8(let values): bytes.append(contentsOf: values)
        case .int16(let values):
            for value in values { appendWord(UInt16(bitPattern: value), to: &bytes) }
        case .uint16(let values):
            for value in values { appendWord(value, to: &bytes) }
        case .int32(let values):
            for value in values { appendWord(UInt32(bitPattern: value), to: &bytes) }
        case .float32(let values):
            for value in values { appendWord(value.bitPattern, to: &bytes) }
        }
    }
}

private func words16(_ bytes: ArraySlice<UInt8>) -> [UInt16] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map {
        UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
    }
}

private func words32(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map {
        let low = UInt32(bytes[$0]) | UInt32(bytes[$0 + 1]) << 8
        let high = UInt32(bytes[$0 + 2]) | UInt32(bytes[$0 + 3]) << 8
        return low | high << 16
    }
}

private func appendWord<Word: FixedWidthInteger>(_ word: Word, to bytes: inout [UInt8]) {
    for index in 0..<(Word.bitWidth / 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> Word(8 * index)))
    }
}
