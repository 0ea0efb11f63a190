import JSONText

/// One answer to a request.
public struct VarlinkReply: Equatable, Sendable {
    /// What the method answers.
    public var parameters: JSONObject
    /// More answers follow.
    public var continues: Bool

    /// Makes an answer.
    public init(parameters: JSONObject, continues: Bool = false) {
        self.parameters = parameters
        self.continues = continues
    }

    /// Reads an answer.
    ///
    /// - Returns: the answer, or the error that came in its place.
    /// - Throws: whatever is wrong with the text.
    static func read(
        _ bytes: [UInt8]
    ) throws(JSONError) -> Result<VarlinkReply, VarlinkError> {
        let cursor = JSONCursor(try JSONReader.read(bytes))
        let parameters = try cursor.optionalMember("parameters")?.object() ?? JSONObject()
        if let error = try cursor.optionalMember("error") {
            return .failure(VarlinkError(name: try error.string(), parameters: parameters))
        }
        let continues = try cursor.optionalMember("continues")?.bool() ?? false
        return .success(VarlinkReply(parameters: parameters, continues: continues))
    }

    /// The bytes of an answer without a terminator.
    var bytes: [UInt8] {
        var object = JSONObject([("parameters", .object(parameters))])
        if continues { object["continues"] = true }
        return object.bytes
    }
}

extension JSONObject {
    /// The object as compact JSON.
    var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.write(.object(self))
        return writer.bytes
    }
}
