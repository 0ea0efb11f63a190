/// One entry of the journal: a line for people and fields for programs.
public struct JournalEntry: Equatable, Sendable {
    /// How urgent it is, by the numbers of syslog.
    public enum Priority: Int, Sendable {
        /// Something does not work.
        case error = 3
        /// Something works less well than it should.
        case warning = 4
        /// Normal, and worth knowing.
        case notice = 5
        /// What happens.
        case information = 6
    }

    /// The line for people.
    public var message: String
    /// How urgent it is.
    public var priority: Priority
    /// 32 hexadecimal digits that name this kind of entry.
    public var messageID: String
    /// More fields, in order; names are upper case with underscores.
    public var fields: [(name: String, value: String)]

    /// Makes an entry.
    public init(
        _ message: String,
        priority: Priority,
        messageID: String,
        fields: [(name: String, value: String)] = []
    ) {
        self.message = message
        self.priority = priority
        self.messageID = messageID
        self.fields = fields
    }

    /// Every field as the journal takes it: `NAME=value`.
    public func encodedFields() -> [[UInt8]] {
        let all =
            [
                ("MESSAGE", message), ("PRIORITY", "\(priority.rawValue)"),
                ("MESSAGE_ID", messageID), ("SYSLOG_IDENTIFIER", "affectd"),
            ] + fields.map { ($0.name, $0.value) }
        return all.map { Array("\($0.0)=\($0.1)".utf8) }
    }

    /// The entry as a line of text, control characters replaced.
    public var line: String {
        let visible = message.unicodeScalars.map { scalar -> Character in
            scalar.value < 0x20 || scalar.value == 0x7f ? " " : Character(scalar)
        }
        return "affectd: \(String(visible))\n"
    }

    /// Whether both entries reach the journal as the same bytes.
    public static func == (left: JournalEntry, right: JournalEntry) -> Bool {
        left.encodedFields() == right.encodedFields()
    }
}
