public import JSONText

extension Node {
    /// Reads a node and checks its attributes by themselves.
    ///
    /// - Throws: `JSONError` with the path of the member.
    public init(
        decoding cursor: JSONCursor,
        precision: ModelManifest.Precision
    ) throws(JSONError) {
        let nameCursor = try cursor.member("name")
        name = try nameCursor.string()
        guard
            isIdentifier(name, first: .lowercase, rest: .alphanumericOrUnderscore, limit: 48),
            name != Graph.inputName
        else { throw nameCursor.unexpected("a name like [a-z][a-zA-Z0-9_]{0,47}, not features") }

        operation = try Operation(decoding: cursor, precision: precision)
        inputs = []
        for element in try cursor.member("inputs").elements(count: operation.inputCount) {
            inputs.append(try element.string())
        }
        if precision == .int8 { output = try Self.output(cursor.member("output")) }
        try cursor.allowOnly(
            ["name", "op", "inputs"] + operation.attributeNames
                + (precision == .int8 ? ["output"] + operation.integerAttributeNames : [])
        )
    }

    private static func output(_ cursor: JSONCursor) throws(JSONError) -> ActivationQuantization {
        try cursor.allowOnly(["scale", "zeroPoint", "minimum", "maximum"])
        let minimum = try cursor.member("minimum").integer(-128...127)
        return ActivationQuantization(
            scale: try cursor.member("scale").real(1e-12...1e12),
            zeroPoint: Int32(try cursor.member("zeroPoint").integer(-128...127)),
            minimum: Int32(minimum),
            maximum: Int32(try cursor.member("maximum").integer(minimum...127))
        )
    }

    /// The node as JSON.
    public var json: JSONValue {
        var object = JSONObject([
            ("name", .string(name)),
            ("op", .string(operation.name)),
            ("inputs", .array(inputs.map { .string($0) })),
        ])
        operation.write(into: &object)
        if let output {
            object["output"] = [
                "scale": .real(output.scale),
                "zeroPoint": .integer(output.zeroPoint),
                "minimum": .integer(output.minimum),
                "maximum": .integer(output.maximum),
            ]
        }
        return .object(object)
    }
}
