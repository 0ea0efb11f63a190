import ArgumentParser
import EventProtocol
import JSONText

/// `affectctl watch`: every event as it happens.
package struct WatchCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print every event as it happens, until Ctrl-C.",
        discussion: """
            With --json every line is one event with "event" first, the state at the beginning, for \
            example: affectctl watch --json | jq -r 'select(.event == "utterance").label'
            """
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let connection = try DaemonConnection(socket: options.socketPath)
            try connection.subscribe { event throws(ControlError) in
                try options.json ? Output.write(event) : Output.write(Self.text(event))
            }
        }
    }

    /// An event for people, on one line; what a newer daemon says and this client does not know, as it
    /// came.
    package static func text(_ event: JSONObject) -> String {
        guard let message = try? Message(JSONCursor(.object(event))) else {
            return JSONValue.object(event).text + "\n"
        }
        guard case .state(_, let reason) = message.event, let state = message.state else {
            return message.textLine
        }
        return Message(
            sequence: message.sequence,
            time: message.time,
            event: .state(changed: [], reason: "\(state.summary) (\(reason))")
        ).textLine
    }
}
