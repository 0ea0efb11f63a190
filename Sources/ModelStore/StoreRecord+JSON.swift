import JSONText

extension StoreRecord {
    /// The version of the file.
    private static let version = 1

    /// Reads the file.
    ///
    /// - Throws: `JSONError`.
    init(reading bytes: [UInt8]) throws(JSONError) {
        let cursor = JSONCursor(try JSONReader.read(bytes))
        _ = try cursor.member("version").integer(Self.version...Self.version)
        active = try cursor.optionalMember("active")?.string()
        previous = try cursor.optionalMember("previous")?.string()
        phase = try cursor.member("phase").choice()
        if let member = try cursor.optionalMember("probation") {
            probation = try Probation(decoding: member)
        }
        for element in try cursor.member("floors").elements(count: 0...Int.max) {
            floors.append(
                Floor(
                    name: try element.member("name").string(),
                    release: try element.member("release").integer(1...Int.max)
                )
            )
        }
        for element in try cursor.member("quarantine").elements(count: 0...Int.max) {
            quarantine.append(
                Quarantined(
                    digest: try element.member("digest").string(),
                    reason: try element.member("reason").string()
                )
            )
        }
        for element in try cursor.member("models").elements(count: 0...Int.max) {
            models.append(try Installed(decoding: element))
        }
        try checkPointers(cursor)
    }

    /// What is pointed to is installed, and what is installed has a digest for a name.
    private func checkPointers(_ cursor: JSONCursor) throws(JSONError) {
        for model in models where !Self.isDigest(model.digest) {
            throw cursor.unexpected("digests of 64 hexadecimal digits")
        }
        for digest in [active, previous].compactMap({ $0 }) where installed(digest) == nil {
            throw cursor.unexpected("the model \(digest) among the models")
        }
    }

    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// The file.
    var bytes: [UInt8] {
        var object: JSONObject = ["version": .integer(Self.version)]
        object["active"] = active.map { .string($0) }
        object["previous"] = previous.map { .string($0) }
        object["phase"] = .string(phase.rawValue)
        object["probation"] = probation?.json
        object["floors"] = .array(
            floors.map { ["name": .string($0.name), "release": .integer($0.release)] }
        )
        object["quarantine"] = .array(
            quarantine.map { ["digest": .string($0.digest), "reason": .string($0.reason)] }
        )
        object["models"] = .array(models.map(\.json))
        return Array((JSONValue.object(object).text + "\n").utf8)
    }
}

extension StoreRecord.Installed {
    fileprivate init(decoding cursor: JSONCursor) throws(JSONError) {
        digest = try cursor.member("digest").string()
        name = try cursor.member("name").string()
        release = try cursor.member("release").integer(1...Int.max)
        version = try cursor.member("version").string()
        trust = try cursor.member("trust").string()
        wallClockMicroseconds = UInt64(
            try cursor.member("wallClockMicroseconds").integer(0...Int.max)
        )
    }

    fileprivate var json: JSONValue {
        [
            "digest": .string(digest),
            "name": .string(name),
            "release": .integer(release),
            "version": .string(version),
            "trust": .string(trust),
            "wallClockMicroseconds": .integer(wallClockMicroseconds),
        ]
    }
}

extension Probation {
    fileprivate init(decoding cursor: JSONCursor) throws(JSONError) {
        utterances = try cursor.member("utterances").integer(0...Int.max)
        listeningSeconds = try cursor.member("listeningSeconds").integer(0...Int.max)
        boot = try cursor.optionalMember("boot")?.string()
        isRunning = try cursor.member("isRunning").bool()
        for element in try cursor.member("crashMicroseconds").elements(count: 0...Int.max) {
            crashMicroseconds.append(UInt64(try element.integer(0...Int.max)))
        }
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "utterances": .integer(utterances),
            "listeningSeconds": .integer(listeningSeconds),
        ]
        object["boot"] = boot.map { .string($0) }
        object["isRunning"] = .bool(isRunning)
        object["crashMicroseconds"] = .array(crashMicroseconds.map { .integer($0) })
        return .object(object)
    }
}
