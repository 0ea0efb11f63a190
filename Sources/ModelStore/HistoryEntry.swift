import JSONText

/// Something that happened to a model on this device.
public struct HistoryEntry: Equatable, Sendable {
    /// What happened.
    public enum Change: String, CaseIterable, Sendable {
        case installed, activated, committed, rejected
        case rolledBack = "rolled-back"
        case rollbackFailed = "rollback-failed"
    }

    /// What happened.
    public let change: Change
    /// When, by the clock of the device.
    public let wallClockMicroseconds: UInt64
    /// 64 hexadecimal digits; `nil` when the file could not even be read.
    public let digest: String?
    /// The model or the file, in words.
    public let subject: String
    /// Why, in words.
    public let reason: String

    /// Makes an entry.
    public init(
        _ change: Change,
        at wallClockMicroseconds: UInt64,
        digest: String?,
        subject: String,
        reason: String
    ) {
        self.change = change
        self.wallClockMicroseconds = wallClockMicroseconds
        self.digest = digest
        self.subject = Self.limited(subject)
        self.reason = Self.limited(reason)
    }

    /// A text of at most 500 bytes.
    static func limited(_ text: String) -> String {
        String(decoding: text.utf8.prefix(500), as: UTF8.self)
    }
}

extension HistoryEntry {
    init(decoding cursor: JSONCursor) throws(JSONError) {
        change = try cursor.member("change").choice()
        wallClockMicroseconds = UInt64(
            try cursor.member("wallClockMicroseconds").integer(0...Int.max)
        )
        digest = try cursor.optionalMember("digest")?.string()
        subject = try cursor.member("subject").string()
        reason = try cursor.member("reason").string()
    }

    var json: JSONValue {
        var object: JSONObject = [
            "wallClockMicroseconds": .integer(wallClockMicroseconds),
            "change": .string(change.rawValue),
        ]
        object["digest"] = digest.map { .string($0) }
        object["subject"] = .string(subject)
        object["reason"] = .string(reason)
        return .object(object)
    }
}
