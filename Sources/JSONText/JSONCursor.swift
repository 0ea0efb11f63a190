/// A value together with its path, for reading members with errors that name the place.
public struct JSONCursor {
    /// The value.
    public let value: JSONValue
    /// Where it stands, like `graph.nodes[3]`; empty at the root.
    public let path: String

    /// Starts at the root of a text.
    public init(_ value: JSONValue, path: String = "") {
        self.value = value
        self.path = path
    }

    private var place: String { path.isEmpty ? "the document" : path }

    /// An error about this value.
    public func unexpected(_ expected: String) -> JSONError {
        let found =
            switch value {
            case .number(let number): number.text
            case .string(let text): "\"\(text.prefix(64))\""
            case .bool(let flag): flag ? "true" : "false"
            default: value.kind
            }
        return .unexpected(path: place, expected: expected, found: found)
    }

    /// This value as an object.
    ///
    /// - Throws: `unexpected` for any other type.
    public func object() throws(JSONError) -> JSONObject {
        guard case .object(let object) = value else { throw unexpected("an object") }
        return object
    }

    /// Checks that this is an object with no members but these.
    ///
    /// - Throws: `unexpected` if it is no object, `unknownMember` for the first stranger.
    public func allowOnly(_ known: [String]) throws(JSONError) {
        for member in try object().members where !known.contains(member.key) {
            throw .unknownMember(path: join(member.key), known: known)
        }
    }

    /// A required member.
    ///
    /// - Throws: `missing`, or `unexpected` if this is no object.
    public func member(_ key: String) throws(JSONError) -> JSONCursor {
        guard let value = try object()[key] else { throw .missing(path: join(key)) }
        return JSONCursor(value, path: join(key))
    }

    /// A member that may be absent.
    ///
    /// - Throws: `unexpected` if this is no object.
    public func optionalMember(_ key: String) throws(JSONError) -> JSONCursor? {
        guard let value = try object()[key] else { return nil }
        return JSONCursor(value, path: join(key))
    }

    /// The elements of an array.
    ///
    /// - Throws: `unexpected` if it is no array or its count is outside `count`.
    public func elements(count: ClosedRange<Int>) throws(JSONError) -> [JSONCursor] {
        guard case .array(let elements) = value else { throw unexpected("an array") }
        guard count.contains(elements.count) else {
            throw .unexpected(
                path: place,
                expected: "\(words(count)) elements",
                found: "\(elements.count)"
            )
        }
        return elements.enumerated().map { JSONCursor($1, path: "\(path)[\($0)]") }
    }

    /// A string.
    ///
    /// - Throws: `unexpected` for any other type or more than `limit` bytes.
    public func string(limit: Int = 4096) throws(JSONError) -> String {
        guard case .string(let text) = value, text.utf8.count <= limit else {
            throw unexpected("a string of at most \(limit) bytes")
        }
        return text
    }

    /// A boolean.
    ///
    /// - Throws: `unexpected` for any other type.
    public func bool() throws(JSONError) -> Bool {
        guard case .bool(let flag) = value else { throw unexpected("true or false") }
        return flag
    }

    /// An integer within a range, written without fraction or exponent.
    ///
    /// - Throws: `unexpected` otherwise.
    public func integer(_ range: ClosedRange<Int>) throws(JSONError) -> Int {
        guard case .number(let number) = value, let integer = number.integer,
            range.contains(Int(integer))
        else { throw unexpected("an integer \(words(range))") }
        return Int(integer)
    }

    /// A finite real number within a range.
    ///
    /// - Throws: `unexpected` otherwise.
    public func real(_ range: ClosedRange<Double>) throws(JSONError) -> Double {
        guard case .number(let number) = value, let real = number.double, range.contains(real)
        else { throw unexpected("a number \(range.lowerBound) … \(range.upperBound)") }
        return real
    }

    /// One of the cases of a string enumeration.
    ///
    /// - Throws: `unexpected` with the list of cases.
    public func choice<Choice>(
        _ type: Choice.Type = Choice.self
    ) throws(JSONError) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map { "\"\($0.rawValue)\"" }
            throw unexpected("one of \(names.joined(separator: ", "))")
        }
        return choice
    }

    private func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func words(_ range: ClosedRange<Int>) -> String {
        range.lowerBound == range.upperBound
            ? "\(range.lowerBound)" : "\(range.lowerBound) … \(range.upperBound)"
    }
}
