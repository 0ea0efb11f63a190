import EventProtocol
import SystemIntegration

/// Decides what of the stream of messages is worth an entry, and writes it.
///
/// By default an utterance or a mood whose label is the one of the last entry is not written, and no kind
/// of entry fills the journal, so that years of use do not wear out a memory card.
package struct MessageLog {
    /// What of the results is written.
    package var mode: JournalMode

    private let journal: Journal
    private var limit = RateLimit()
    private var lastUtterance: String?
    private var lastMood: String?

    package init(journal: Journal, mode: JournalMode = .changes) {
        self.journal = journal
        self.mode = mode
    }

    /// Writes the entry of a message, if it is worth one.
    ///
    /// - Parameter peer: who asked for what happened.
    mutating func write(_ message: Message, from peer: PeerCredentials? = nil) {
        guard var entry = entry(for: message) else { return }
        if let peer { entry.fields += peer.journalFields }
        journal.write(entry)
    }

    /// Writes an entry that belongs to no message.
    mutating func write(_ entry: JournalEntry) {
        if let entry = admitted(entry, atMicroseconds: Clock.monotonicMicroseconds) {
            journal.write(entry)
        }
    }

    /// The entry of a message, `nil` when it is not written.
    package mutating func entry(for message: Message) -> JournalEntry? {
        switch message.event {
        case .utterance(let result, _):
            guard isWritten(result.label, after: &lastUtterance) else { return nil }
        case .mood(let label, _):
            guard isWritten(label, after: &lastMood) else { return nil }
        default: break
        }
        guard let entry = JournalEntry(message) else { return nil }
        guard case .clock(let now, _) = message.time else { return entry }
        return admitted(entry, atMicroseconds: now)
    }

    private func isWritten(_ label: String, after last: inout String?) -> Bool {
        defer { last = label }
        return switch mode {
        case .changes: label != last
        case .all: true
        case .off: false
        }
    }

    private mutating func admitted(
        _ entry: JournalEntry,
        atMicroseconds now: UInt64
    ) -> JournalEntry? {
        let isResult = [JournalMessageID.utterance, .mood].map(\.rawValue).contains(entry.messageID)
        if mode == .all && isResult { return entry }
        guard let suppressed = limit.admit(entry.messageID, atMicroseconds: now) else { return nil }
        guard suppressed > 0 else { return entry }
        var entry = entry
        entry.message += " (\(suppressed) more of this kind were not written)"
        entry.fields.append(("AFFECT_SUPPRESSED", "\(suppressed)"))
        return entry
    }
}

extension PeerCredentials {
    /// Who somebody is, for the journal.
    var journalFields: [(name: String, value: String)] {
        [
            ("AFFECT_PEER_UID", "\(userID)"), ("AFFECT_PEER_USER", userName),
            ("AFFECT_PEER_GROUP", groupName), ("AFFECT_PEER_PID", "\(processID)"),
        ]
    }
}
