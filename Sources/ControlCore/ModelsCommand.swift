import ArgumentParser
import EventProtocol
import JSONText

/// `affectctl models`: which models there are.
package struct ModelsCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models that are loaded, installed or packaged."
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws { try Self.report(options) }

    /// Asks and prints.
    static func report(_ options: ControlOptions) throws {
        try Output.report { () throws(ControlError) in
            let reply = try DaemonConnection(socket: options.socketPath).call(.listModels)
            try options.json ? Output.write(reply) : Output.write(text(reply))
        }
    }

    /// The models for people.
    package static func text(_ reply: JSONObject) throws(ControlError) -> String {
        do throws(JSONError) {
            var text = ""
            for model in try JSONCursor(.object(reply)).member("models").elements(count: 0...64) {
                let reference = try ModelReference(model)
                let labels = try model.member("labels").elements(count: 0...64)
                    .map { label throws(JSONError) in try label.string() }
                text += """
                    \(reference.name) release \(reference.release), \(reference.phase.rawValue)
                      task      \(try model.member("task").string())
                      version   \(try model.member("version").string())
                      labels    \(labels.joined(separator: ", "))
                      licence   \(try model.member("licence").string())
                      digest    \(reference.digest)
                      file      \(try model.member("path").string())

                    """
                if let trust = reference.trust { text += "  trust     \(trust)\n" }
                if let note = try model.optionalMember("note") {
                    text += "  note      \(try note.string())\n"
                }
            }
            return text
        } catch {
            throw ControlError(error, method: .listModels)
        }
    }
}
