import EventProtocol
import JSONText

/// What `affectctl watch` shows on a terminal: state, level, probabilities, last utterances, mood.
package struct LiveView {
    /// Utterances that are listed.
    private static let listedUtterances = 8

    private var state: StateSnapshot?
    private var reason = ""
    private var result: EmotionResult?
    private var mood: (label: String, probabilities: [EmotionResult.Probability])?
    private var utterances: [Message] = []
    private var levelDecibelTenths = -1200

    /// Shows nothing yet.
    package init() {}

    /// Takes over an event.
    package mutating func take(_ event: JSONObject) {
        guard let message = try? Message(JSONCursor(.object(event))) else { return }
        state = message.state
        switch message.event {
        case .emotion(let new):
            result = new
        case .utterance(let new, _):
            result = new
            utterances.append(message)
            utterances.removeFirst(max(0, utterances.count - Self.listedUtterances))
        case .mood(let label, let probabilities):
            mood = (label, probabilities)
        case .state(_, let words):
            reason = words
        case .speechStarted, .speechStopped, .model, .end:
            break
        }
    }

    /// Takes over what `GetInfo` says of the level.
    package mutating func take(information: JSONObject) {
        guard case .number(let number)? = information["levelDecibelTenths"],
            let level = number.integer
        else { return }
        levelDecibelTenths = Int(clamping: level)
    }

    /// The screen as lines without control characters, none longer than the width.
    package func lines(width: Int) -> [String] {
        var lines = [
            "affectd  \(state?.summary ?? "…")  \(reason)",
            "",
            "level    " + bar(levelDecibelTenths + 900, of: 900, width: width - 22)
                + "  \(levelDecibelTenths / 10) dBFS",
            "",
        ]
        for probability in result?.probabilities ?? [] {
            lines.append(row(probability, isLabel: probability.label == result?.label, width))
        }
        if let result, result.label == EmotionResult.unknown { lines.append("→ unknown") }
        if let mood {
            let shares = mood.probabilities.filter { $0.permille >= 50 }
                .map { "\($0.label) \(($0.permille + 5) / 10) %" }
            lines += ["", "mood     \(mood.label): " + shares.joined(separator: ", ")]
        }
        if !utterances.isEmpty { lines += ["", "last utterances"] }
        lines += utterances.reversed().map { "  " + $0.textLine.dropLast() }
        if let degraded = state?.degraded, !degraded.isEmpty {
            lines += [""] + degraded.map { "! \($0)" }
        }
        return lines.map { String(Self.visible($0).prefix(max(1, width))) }
    }

    /// The screen for a terminal, drawn over the one before.
    package func screen(width: Int, height: Int) -> String {
        // Home; each line up to its end; then everything below.
        "\u{1B}[H"
            + lines(width: width).prefix(max(1, height - 1))
            .map { "\($0)\u{1B}[K\r\n" }.joined() + "\u{1B}[J"
    }

    private func row(
        _ probability: EmotionResult.Probability,
        isLabel: Bool,
        _ width: Int
    ) -> String {
        let name = String(probability.label.prefix(12))
        let padding = String(repeating: " ", count: 12 - name.count)
        let percent = String((probability.permille + 5) / 10)
        return (isLabel ? "→ " : "  ") + name + padding + " "
            + bar(probability.permille, of: 1000, width: width - 22) + " "
            + String(repeating: " ", count: 3 - percent.count) + percent + " %"
    }

    private func bar(_ value: Int, of whole: Int, width: Int) -> String {
        let width = max(1, width)
        let filled = min(width, max(0, value) * width / whole)
        return String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    }

    /// What comes from elsewhere must not steer the terminal.
    private static func visible(_ text: String) -> String {
        String(
            text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
        )
    }
}
