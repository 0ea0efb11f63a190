import JSONText

/// One thing that `affectctl doctor` looked at.
package struct Finding: Equatable {
    /// How it is.
    package enum Verdict: String, Sendable {
        /// Fine.
        case ok
        /// Worth knowing; nothing is broken.
        case note
        /// Wrong; the advice says what to type.
        case wrong
    }

    /// What was looked at.
    package let subject: String
    /// How it is.
    package let verdict: Verdict
    /// What was found, in words.
    package let words: String
    /// What to type, a line each.
    package let advice: [String]

    package init(_ subject: String, _ verdict: Verdict, _ words: String, advice: [String] = []) {
        self.subject = subject
        self.verdict = verdict
        self.words = words
        self.advice = advice
    }

    /// The finding as lines for people.
    package var text: String {
        let mark = [.ok: "ok   ", .note: "note ", .wrong: "WRONG"][verdict] ?? ""
        let padding = String(repeating: " ", count: max(1, 14 - subject.count))
        return "\(mark)  \(subject)\(padding)\(words)\n"
            + advice.map { "         type: \($0)\n" }.joined()
    }

    /// The finding as JSON.
    package var json: JSONObject {
        [
            "subject": .string(subject), "verdict": .string(verdict.rawValue),
            "words": .string(words), "advice": .array(advice.map { .string($0) }),
        ]
    }
}
