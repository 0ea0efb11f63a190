/// An object whose members keep their order.
public struct JSONObject: Equatable, Sendable {
    /// Members in the order in which they were written.
    public private(set) var members: [Member]

    /// A key with its value.
    public struct Member: Equatable, Sendable {
        /// The key.
        public let key: String
        /// The value.
        public let value: JSONValue
    }

    /// Makes an object; a later value of a key replaces the earlier one in place.
    public init(_ pairs: [(String, JSONValue)] = []) {
        members = []
        for (key, value) in pairs { self[key] = value }
    }

    init(distinct members: [Member]) {
        self.members = members
    }

    /// The value of a key; setting appends or replaces in place, setting nil removes.
    public subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index] = Member(key: key, value: value)
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes an object; the members keep their order.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
