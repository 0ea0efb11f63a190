public import JSONText

/// The models of a device beside the one that answers.
public struct ModelsSnapshot: Equatable, Sendable {
    /// What became of a model last.
    public struct LastResult: Equatable, Sendable {
        /// `installed`, `activated`, `committed`, `rejected`, `rolled-back` or `rollback-failed`.
        public var change: String
        /// The model or the file, in words.
        public var subject: String
        /// Why, in words.
        public var reason: String
        /// When, by the clock of the board.
        public var wallClockMicroseconds: UInt64

        /// Makes a result.
        public init(
            change: String,
            subject: String,
            reason: String,
            wallClockMicroseconds: UInt64
        ) {
            self.change = change
            self.subject = subject
            self.reason = reason
            self.wallClockMicroseconds = wallClockMicroseconds
        }
    }

    /// The model that should answer; the one that does is `model` of the state.
    public var configured: ModelReference?
    /// The file that the configuration names, whatever is installed.
    public var setting: String?
    /// The model that a rollback leads to.
    public var previous: ModelReference?
    /// The folder from which models are taken.
    public var incoming: String
    /// Whether models that are installed must be signed: `required` or `optional`.
    public var signatures: String
    /// What happened last.
    public var lastResult: LastResult?

    /// Makes a snapshot.
    public init(
        configured: ModelReference? = nil,
        setting: String? = nil,
        previous: ModelReference? = nil,
        incoming: String,
        signatures: String,
        lastResult: LastResult? = nil
    ) {
        self.configured = configured
        self.setting = setting
        self.previous = previous
        self.incoming = incoming
        self.signatures = signatures
        self.lastResult = lastResult
    }
}

extension ModelsSnapshot {
    /// The snapshot as a JSON object; what there is not is left out.
    public var json: JSONObject {
        var object = JSONObject()
        if let configured { object["configured"] = .object(configured.json) }
        if let setting { object["setting"] = .string(setting) }
        if let previous { object["previous"] = .object(previous.json) }
        object["incoming"] = .string(incoming)
        object["signatures"] = .string(signatures)
        if let lastResult {
            object["lastResult"] = .object([
                "change": .string(lastResult.change),
                "subject": .string(lastResult.subject),
                "reason": .string(lastResult.reason),
                "wallClockMicroseconds": .integer(lastResult.wallClockMicroseconds),
            ])
        }
        return object
    }

    /// Reads a snapshot as `json` writes it.
    ///
    /// - Throws: `missing` and `unexpected`, with the place.
    public init(_ cursor: JSONCursor) throws(JSONError) {
        func reference(_ name: String) throws(JSONError) -> ModelReference? {
            try cursor.optionalMember(name).map { value throws(JSONError) in
                try ModelReference(value)
            }
        }
        self.init(
            configured: try reference("configured"),
            setting: try cursor.optionalMember("setting")?.string(),
            previous: try reference("previous"),
            incoming: try cursor.member("incoming").string(),
            signatures: try cursor.member("signatures").string(),
            lastResult: try cursor.optionalMember("lastResult").map { value throws(JSONError) in
                LastResult(
                    change: try value.member("change").string(),
                    subject: try value.member("subject").string(),
                    reason: try value.member("reason").string(),
                    wallClockMicroseconds: try value.member("wallClockMicroseconds").unsigned()
                )
            }
        )
    }
}
