import ArgumentParser
import EventProtocol
import JSONText
import SystemIntegration

/// `affectctl watch`: every event as it happens.
package struct WatchCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print every event as it happens, until Ctrl-C.",
        discussion: """
            On a terminal a live view: level, state, probabilities, last utterances, mood. In a pipe, \
            or with --lines, a line for each event. With --json every line is one event with "event" first, the state at the beginning, for \
            example: affectctl watch --json | jq -r 'select(.event == "utterance").label'
            """
    )

    @Flag(help: "Print lines on a terminal, too.")
    var lines = false

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let connection = try DaemonConnection(socket: options.socketPath)
            if !options.json, !lines, Terminal.isOutput { try showLive(connection) }
            try connection.subscribe { event throws(ControlError) in
                try options.json ? Output.write(event) : Output.write(Self.text(event))
            }
        }
    }

    /// Draws the live view until the connection ends.
    private func showLive(_ events: DaemonConnection) throws(ControlError) {
        let questions = try DaemonConnection(socket: options.socketPath)
        var view = LiveView()
        try Output.write("\u{1B}[2J")
        func draw() throws(ControlError) {
            view.take(information: try questions.call(.getInfo))
            let size = Terminal.size
            try Output.write(view.screen(width: size.columns, height: size.rows))
        }
        try events.subscribe(tickMilliseconds: 250, tick: draw) { event throws(ControlError) in
            view.take(event)
            try draw()
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
