import JSONText

/// The bytes of a model file as tensors and manifest text: safetensors with 64-byte alignment.
///
/// - Source: `Documentation/ModelFormat.md`, section 1.
struct TensorContainer {
    static let fileLimit = 8 << 20
    static let headerLimit = 1 << 20
    static let tensorLimit = 1024
    static let alignment = 64
    static let manifestKey = "affect"
    static let paddingPrefix = "padding."

    var manifestText: String
    var tensors: [(name: String, tensor: Tensor)]

    init(manifestText: String, tensors: [(name: String, tensor: Tensor)]) {
        self.manifestText = manifestText
        self.tensors = tensors
    }

    /// Reads a container; every byte of the file is accounted for.
    init(reading bytes: [UInt8]) throws(ModelFileError) {
        guard bytes.count <= Self.fileLimit else {
            throw .tooLarge(what: "bytes in the file", found: bytes.count, limit: Self.fileLimit)
        }
        guard bytes.count >= 8 else {
            throw .container(expected: "8 bytes of header length", found: "\(bytes.count) bytes")
        }
        let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.headerLimit else {
            throw .container(
                expected: "a header of at most \(Self.headerLimit) bytes",
                found: "\(length)"
            )
        }
        let dataStart = 8 + Int(length)
        guard dataStart <= bytes.count else {
            throw .container(
                expected: "a header of \(length) bytes",
                found: "\(bytes.count - 8) bytes"
            )
        }
        guard dataStart % Self.alignment == 0 else {
            throw .container(
                expected: "tensor data at a multiple of \(Self.alignment)",
                found: "\(dataStart)"
            )
        }
        // Only the padding of spaces may stand beside the object.
        let text = bytes[8..<dataStart]
        let last = text.last { $0 != UInt8(ascii: " ") }
        guard text.first == UInt8(ascii: "{"), last == UInt8(ascii: "}") else {
            throw .container(
                expected: "a header that is a JSON object, padded with spaces",
                found: "\(length) other bytes"
            )
        }
        let header: JSONCursor
        do {
            header = JSONCursor(try JSONReader.read(Array(text)))
            manifestText = try Self.manifestText(header)
        } catch {
            throw .json(part: "header", error)
        }
        tensors = []
        try readTensors(header, data: bytes[dataStart...])
    }

    private static func manifestText(_ header: JSONCursor) throws(JSONError) -> String {
        let metadata = try header.member("__metadata__")
        for member in try metadata.object().members {
            _ = try metadata.member(member.key).string(limit: headerLimit)
        }
        return try metadata.member(manifestKey).string(limit: headerLimit)
    }

    private mutating func readTensors(
        _ header: JSONCursor,
        data: ArraySlice<UInt8>
    ) throws(ModelFileError) {
        var entries: [(name: String, entry: TensorEntry)] = []
        do {
            for member in try header.object().members where member.key != "__metadata__" {
                let entry = try TensorEntry(decoding: header.member(member.key))
                entries.append((member.key, entry))
            }
        } catch {
            throw .json(part: "header", error)
        }
        guard entries.count <= Self.tensorLimit else {
            throw .tooLarge(what: "tensors", found: entries.count, limit: Self.tensorLimit)
        }
        entries.sort { $0.entry.begin < $1.entry.begin }
        var position = 0
        var paddingCount = 0
        for (name, entry) in entries {
            guard entry.begin == position else {
                throw .container(
                    expected: "tensor \(name) at offset \(position)",
                    found: "\(entry.begin)"
                )
            }
            guard entry.end <= data.count else {
                throw .container(
                    expected: "\(entry.end) bytes of tensor data",
                    found: "\(data.count)"
                )
            }
            position = entry.end
            let content = data[data.startIndex + entry.begin..<data.startIndex + entry.end]
            if name.hasPrefix(Self.paddingPrefix) {
                try Self.checkPadding(name, entry, content, number: paddingCount)
                paddingCount += 1
                continue
            }
            guard entry.begin % Self.alignment == 0 else {
                throw .container(
                    expected: "tensor \(name) at a multiple of \(Self.alignment)",
                    found: "\(entry.begin)"
                )
            }
            let tensor = Tensor(
                shape: entry.shape,
                Tensor.Elements(type: entry.type, littleEndian: content)
            )
            if case .float32(let values) = tensor.elements, !values.allSatisfy(\.isFinite) {
                throw .value(
                    place: "tensor \(name)",
                    expected: "finite values",
                    found: "infinity or NaN"
                )
            }
            tensors.append((name, tensor))
        }
        guard position == data.count else {
            throw .container(
                expected: "the file to end after \(position) bytes of tensor data",
                found: "\(data.count) bytes"
            )
        }
    }

    private static func checkPadding(
        _ name: String,
        _ entry: TensorEntry,
        _ content: ArraySlice<UInt8>,
        number: Int
    ) throws(ModelFileError) {
        guard name == "\(paddingPrefix)\(number)", entry.type == .uint8, entry.shape.count == 1,
            content.count < alignment, entry.end % alignment == 0,
            content.allSatisfy({ $0 == 0 })
        else {
            let expected = "padding.\(number): up to \(alignment - 1) zero bytes to the boundary"
            throw .container(expected: expected, found: name)
        }
    }

    /// The file's bytes.
    var bytes: [UInt8] {
        var header = JSONObject([("__metadata__", .object([(Self.manifestKey, manifestText)]))])
        var data: [UInt8] = []
        var paddingCount = 0
        for (name, tensor) in tensors {
            let begin = data.count
            tensor.elements.append(to: &data)
            header[name] =
                TensorEntry(
                    type: tensor.elements.type,
                    shape: tensor.shape,
                    begin: begin,
                    end: data.count
                ).json
            let gap = (Self.alignment - data.count % Self.alignment) % Self.alignment
            if gap > 0 && name != tensors.last?.name {
                header["\(Self.paddingPrefix)\(paddingCount)"] =
                    TensorEntry(
                        type: .uint8,
                        shape: [gap],
                        begin: data.count,
                        end: data.count + gap
                    ).json
                data.append(contentsOf: repeatElement(0, count: gap))
                paddingCount += 1
            }
        }
        var text = Array(JSONValue.object(header).text.utf8)
        let gap = (Self.alignment - (8 + text.count) % Self.alignment) % Self.alignment
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: gap))
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + text + data
    }
}

extension JSONValue {
    fileprivate static func object(_ pairs: [(String, String)]) -> JSONValue {
        .object(JSONObject(pairs.map { ($0.0, .string($0.1)) }))
    }
}

/// One tensor in the header of the container.
struct TensorEntry {
    var type: ElementType
    var shape: [Int]
    var begin: Int
    var end: Int

    init(type: ElementType, shape: [Int], begin: Int, end: Int) {
        self.type = type
        self.shape = shape
        self.begin = begin
        self.end = end
    }

    init(decoding cursor: JSONCursor) throws(JSONError) {
        try cursor.allowOnly(["dtype", "shape", "data_offsets"])
        type = try cursor.member("dtype").choice()
        shape = []
        let limit = TensorContainer.fileLimit
        var size = type.size
        let shapeCursor = try cursor.member("shape")
        for element in try shapeCursor.elements(count: 1...4) {
            let extent = try element.integer(1...limit)
            shape.append(extent)
            // Both factors are at most 2^23 here, so the product cannot overflow.
            size *= extent
            guard size <= limit else { throw shapeCursor.unexpected("at most \(limit) bytes") }
        }
        let offsets = try cursor.member("data_offsets")
        let elements = try offsets.elements(count: 2...2)
        begin = try elements[0].integer(0...limit)
        end = try elements[1].integer(begin...limit)
        guard end - begin == size else { throw offsets.unexpected("\(size) bytes of data") }
    }

    var json: JSONValue {
        [
            "dtype": .string(type.rawValue),
            "shape": .array(shape.map { .integer($0) }),
            "data_offsets": [.integer(begin), .integer(end)],
        ]
    }
}
