import EventProtocol
import JSONText
import SystemIntegration

/// Names of the kinds of journal entries, for `MESSAGE_ID`; they never change.
enum JournalMessageID {
    /// The emotion of an utterance.
    static let utterance = "af7696288a494211933c703561a07047"
    /// The mood over many utterances.
    static let mood = "0f436662cf4f4ee2b6f12e356bdb5d7f"
    /// A fact of the state changed.
    static let state = "d87ee971f1af4895b7174a5aa9fa043b"
    /// Something happened to a model.
    static let model = "dd004507b57c45728fa093bcd12b0f79"
}

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

extension JournalEntry {
    /// The entry of a message, `nil` for those that are never written.
    init?(_ message: Message) {
        let event = message.event
        var fields = [("AFFECT_EVENT", event.name), ("AFFECT_SEQUENCE", "\(message.sequence)")]
        let messageID: String
        var priority = Priority.information
        switch event {
        case .speechStarted, .speechStopped, .emotion, .end:
            return nil
        case .utterance(let result, let continued):
            messageID = JournalMessageID.utterance
            fields += [
                ("AFFECT_LABEL", result.label),
                ("AFFECT_CONFIDENCE_PERMILLE", "\(result.confidencePermille)"),
                ("AFFECT_PROBABILITIES", Self.text(result.probabilities)),
                ("AFFECT_LEVEL_DECIBEL_TENTHS", "\(result.levelDecibelTenths)"),
                ("AFFECT_DURATION_MICROSECONDS", "\(result.durationMicroseconds)"),
                ("AFFECT_CONTINUED", continued ? "1" : "0"),
            ]
        case .mood(let label, let probabilities):
            messageID = JournalMessageID.mood
            let confidence = probabilities.map(\.permille).max() ?? 0
            fields += [
                ("AFFECT_LABEL", label), ("AFFECT_CONFIDENCE_PERMILLE", "\(confidence)"),
                ("AFFECT_PROBABILITIES", Self.text(probabilities)),
            ]
        case .state(let changed, let reason):
            messageID = JournalMessageID.state
            fields += [
                ("AFFECT_CHANGED", changed.joined(separator: " ")), ("AFFECT_REASON", reason),
            ]
            let capture = message.state?.capture ?? .running
            priority = [.running, .starting, .closed].contains(capture) ? .notice : .warning
        case .model(let change, _, let reason):
            messageID = JournalMessageID.model
            fields += [("AFFECT_CHANGE", change.rawValue), ("AFFECT_REASON", reason)]
            priority = change == .rejected || change == .rolledBack ? .warning : .notice
        }
        if let state = message.state {
            fields += [
                ("AFFECT_CAPTURE", state.capture.rawValue), ("AFFECT_SUMMARY", state.summary),
            ]
            if let model = state.model {
                fields += [
                    ("AFFECT_MODEL_NAME", model.name), ("AFFECT_MODEL_RELEASE", "\(model.release)"),
                    ("AFFECT_MODEL_DIGEST", model.digest),
                ]
            }
        }
        self.init(
            "\(event.name): \(event.text)",
            priority: priority,
            messageID: messageID,
            fields: fields
        )
    }

    private static func text(_ probabilities: [EmotionResult.Probability]) -> String {
        JSONValue.object(
            JSONObject(probabilities.map { ($0.label, .integer($0.permille)) })
        ).text
    }
}
