import JSONText

extension StateSnapshot {
    /// The state as a JSON object; `mutedUntil`, `heldUntil` and `model` are left out when there is none.
    public var json: JSONObject {
        var object = JSONObject([
            ("capture", .string(capture.rawValue)), ("speech", .bool(speech)),
            ("muted", .bool(muted)),
        ])
        if let mutedUntilMicroseconds { object["mutedUntil"] = .integer(mutedUntilMicroseconds) }
        if let heldUntilMicroseconds { object["heldUntil"] = .integer(heldUntilMicroseconds) }
        if let model { object["model"] = .object(model.json) }
        if let models { object["models"] = .object(models.json) }
        object["degraded"] = .array(degraded.map { .string($0) })
        object["summary"] = .string(summary)
        return object
    }

    /// Reads a state as `json` writes it; `summary` is derived again.
    ///
    /// - Throws: `missing` and `unexpected`, with the place.
    public init(_ cursor: JSONCursor) throws(JSONError) {
        var reasons: [String] = []
        for element in try cursor.member("degraded").elements(count: 0...64) {
            reasons.append(try element.string())
        }
        self.init(
            capture: try cursor.member("capture").choice(),
            speech: try cursor.member("speech").bool(),
            muted: try cursor.member("muted").bool(),
            mutedUntilMicroseconds: try cursor.optionalMember("mutedUntil").map {
                value throws(JSONError) in try value.unsigned()
            },
            heldUntilMicroseconds: try cursor.optionalMember("heldUntil").map {
                value throws(JSONError) in try value.unsigned()
            },
            model: try cursor.optionalMember("model").map { value throws(JSONError) in
                try ModelReference(value)
            },
            models: try cursor.optionalMember("models").map { value throws(JSONError) in
                try ModelsSnapshot(value)
            },
            degraded: reasons
        )
    }
}

extension ModelReference {
    /// The reference as a JSON object.
    public var json: JSONObject {
        var object = JSONObject([
            ("name", .string(name)), ("release", .integer(release)),
            ("digest", .string(digest)), ("phase", .string(phase.rawValue)),
        ])
        if let trust { object["trust"] = .string(trust) }
        return object
    }

    /// Reads a reference as `json` writes it.
    ///
    /// - Throws: `missing` and `unexpected`, with the place.
    public init(_ cursor: JSONCursor) throws(JSONError) {
        self.init(
            name: try cursor.member("name").string(),
            release: try cursor.member("release").integer(1...Int(Int32.max)),
            digest: try cursor.member("digest").string(),
            phase: try cursor.member("phase").choice(),
            trust: try cursor.optionalMember("trust")?.string()
        )
    }
}
