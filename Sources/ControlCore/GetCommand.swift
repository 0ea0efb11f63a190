import ArgumentParser
import EventProtocol
import JSONText
import SystemIntegration

/// `affectctl get`: one word for shell scripts.
package struct GetCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the emotion that was heard last, as one word.",
        discussion: """
            Without an option the label of the last utterance. Exits with 6 when nothing has been heard \
            (or nothing within --max-age), with 7 when nothing can be heard now: muted, held, or \
            without a microphone. Example: \
            [ "$(affectctl get --label --max-age 60)" = angry ] && notify-send "Take a breath"
            """
    )

    /// What is printed.
    package enum Field: String, EnumerableFlag {
        /// The label of the last utterance.
        case label
        /// Its probability in per mille.
        case confidence
        /// The label of the mood.
        case mood
        /// The state in one word.
        case summary

        package static func help(for value: Field) -> ArgumentHelp? {
            switch value {
            case .label: "The label of the last utterance (the default)."
            case .confidence: "The probability of its likeliest label, in per mille."
            case .mood: "The label of the mood."
            case .summary: "The state in one word; exits with 7 as above."
            }
        }
    }

    @Flag var field = Field.label

    @Option(help: ArgumentHelp("Take nothing that is older.", valueName: "seconds"))
    var maxAge: Int?

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let reply = try DaemonConnection(socket: options.socketPath).call(.getState)
            let answer = try Self.answer(
                reply,
                field,
                maxAgeSeconds: maxAge,
                monotonicMicroseconds: Clock.monotonicMicroseconds
            )
            try Output.write(options.json ? JSONValue.string(answer).text + "\n" : answer + "\n")
        }
    }

    /// The word to print.
    package static func answer(
        _ reply: JSONObject,
        _ field: Field,
        maxAgeSeconds: Int?,
        monotonicMicroseconds now: UInt64
    ) throws(ControlError) -> String {
        let state: StateSnapshot
        let heard: Message?
        do throws(JSONError) {
            let cursor = JSONCursor(.object(reply))
            state = try StateSnapshot(cursor.member("state"))
            let name = field == .mood ? "mood" : "utterance"
            heard = try cursor.optionalMember(name).map { value throws(JSONError) in
                try Message(value)
            }
        } catch {
            throw ControlError(error, method: .getState)
        }
        guard !state.muted, state.capture == .running, state.heldUntilMicroseconds == nil else {
            throw ControlError(.notListening, "nothing can be heard now: \(state.summary)")
        }
        if field == .summary { return state.summary }
        guard let heard, case .clock(let time, _) = heard.time else {
            throw ControlError(.nothingHeard, "nothing has been heard yet")
        }
        if let maxAgeSeconds, time + UInt64(max(0, maxAgeSeconds)) * 1_000_000 < now {
            throw ControlError(
                .nothingHeard,
                "nothing has been heard within \(maxAgeSeconds) s"
            )
        }
        switch heard.event {
        case .utterance(let result, _):
            return field == .confidence ? "\(result.confidencePermille)" : result.label
        case .mood(let label, _):
            return label
        default:
            throw ControlError(.failed, "affectd answers with an event that was not asked for")
        }
    }
}
