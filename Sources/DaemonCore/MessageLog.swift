import EventProtocol
import SystemIntegration

/// Decides what of the stream of messages is worth an entry, and writes it.
///
/// On change only: an utterance or a mood whose label is the one of the last entry is not written, so
/// that years of use do not wear out a memory card.
package struct MessageLog {
    let journal: Journal
    private var lastUtterance: String?
    private var lastMood: String?

    package init(journal: Journal) {
        self.journal = journal
    }

    /// Writes the entry of a message, if it is worth one.
    mutating func write(_ message: Message) {
        if let entry = entry(for: message) { journal.write(entry) }
    }

    /// The entry of a message, `nil` when it tells nothing new.
    package mutating func entry(for message: Message) -> JournalEntry? {
        switch message.event {
        case .utterance(let result, _):
            guard result.label != lastUtterance else { return nil }
            lastUtterance = result.label
        case .mood(let label, _):
            guard label != lastMood else { return nil }
            lastMood = label
        default: break
        }
        return JournalEntry(message)
    }
}
