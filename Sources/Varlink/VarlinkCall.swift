import JSONText

/// A request: which method, with what, and how it wants to be answered.
public struct VarlinkCall: Equatable, Sendable {
    /// The full name of the method, like `org.affectd.GetState`.
    public var method: String
    /// The parameters, empty when there are none.
    public var parameters: JSONObject
    /// The client takes several replies.
    public var more: Bool
    /// The client takes no reply.
    public var oneway: Bool

    /// Makes a request.
    public init(
        method: String,
        parameters: JSONObject = JSONObject(),
        more: Bool = false,
        oneway: Bool = false
    ) {
        self.method = method
        self.parameters = parameters
        self.more = more
        self.oneway = oneway
    }

    /// Reads a request.
    ///
    /// - Throws: whatever is wrong with the text, with the place.
    init(_ bytes: [UInt8]) throws(JSONError) {
        let limits = JSONReader.Limits(bytes: bytes.count, depth: 16, values: 1000)
        let cursor = JSONCursor(try JSONReader.read(bytes, limits: limits))
        // No `allowOnly`: varlink lets clients send members that a service does not know.
        method = try cursor.member("method").string(limit: 256)
        parameters = try cursor.optionalMember("parameters")?.objectOrNull() ?? JSONObject()
        more = try cursor.optionalMember("more")?.boolOrNull() ?? false
        oneway = try cursor.optionalMember("oneway")?.boolOrNull() ?? false
    }

    /// The request as JSON.
    var json: JSONObject {
        var object = JSONObject([("method", .string(method))])
        if !parameters.members.isEmpty { object["parameters"] = .object(parameters) }
        if more { object["more"] = true }
        if oneway { object["oneway"] = true }
        return object
    }
}

extension JSONCursor {
    fileprivate func objectOrNull() throws(JSONError) -> JSONObject? {
        value == .null ? nil : try object()
    }

    fileprivate func boolOrNull() throws(JSONError) -> Bool? {
        value == .null ? nil : try bool()
    }
}
