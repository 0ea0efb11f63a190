import ArgumentParser
import EventProtocol
import JSONText

/// `affectctl status`: what is true right now.
package struct StatusCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the microphone, the model and what is heard."
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let connection = try DaemonConnection(socket: options.socketPath)
            let reply = try connection.call(.getState)
            guard !options.json else { return try Output.write(reply) }
            let information = try connection.call(.getInfo)
            try Output.write(Self.text(reply, information))
        }
    }

    /// The state for people, a fact a line.
    package static func text(
        _ reply: JSONObject,
        _ information: JSONObject
    ) throws(ControlError) -> String {
        let state: StateSnapshot
        do throws(JSONError) {
            state = try StateSnapshot(JSONCursor(.object(reply)).member("state"))
        } catch {
            throw ControlError(error, method: .getState)
        }
        var lines = [("state", state.summary), ("capture", state.capture.rawValue)]
        if case .string(let microphone)? = information["microphone"], !microphone.isEmpty {
            lines.append(("microphone", microphone))
        }
        lines.append(("speech", state.speech ? "yes" : "no"))
        if state.muted { lines.append(("muted", "yes")) }
        if let model = state.model {
            lines.append(
                (
                    "model",
                    "\(model.name) release \(model.release), \(model.phase.rawValue),"
                        + " \(model.digest.prefix(12))"
                )
            )
        }
        if let models = state.models { lines += describe(models, running: state.model) }
        for reason in state.degraded { lines.append(("degraded", reason)) }
        if case .string(let version)? = information["version"] {
            lines.append(("version", version))
        }
        return lines.map { name, value in
            name + String(repeating: " ", count: 12 - name.count) + value + "\n"
        }.joined()
    }

    /// What there is to say of models beside the one that answers.
    private static func describe(
        _ models: ModelsSnapshot,
        running: ModelReference?
    ) -> [(String, String)] {
        var lines: [(String, String)] = []
        if let setting = models.setting { lines.append(("named", "\(setting) by models.emotion")) }
        if let configured = models.configured, configured.digest != running?.digest {
            lines.append(("configured", "\(configured.title), \(configured.phase.rawValue)"))
        }
        if let previous = models.previous { lines.append(("previous", previous.title)) }
        if let trust = running?.trust, trust == "unsigned" { lines.append(("trust", trust)) }
        if models.signatures != "required" { lines.append(("signatures", models.signatures)) }
        if let last = models.lastResult {
            lines.append(("last change", "\(last.subject) \(last.change): \(last.reason)"))
        }
        return lines
    }
}
