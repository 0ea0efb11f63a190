import ArgumentParser
import EventProtocol
import JSONText

/// `affectctl model`: takes models into use and back.
package struct ModelCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Install a model, take another one into use, or go back.",
        discussion: """
            Everything but list needs root or the group affect-admin (control.group). A new model is on \
            probation and is taken back by itself when it does not work; see affectctl status, and \
            /usr/share/doc/affectd/Models.md.
            """,
        subcommands: [
            ModelListCommand.self, ModelInstallCommand.self, ModelActivateCommand.self,
            ModelRollbackCommand.self,
        ],
        defaultSubcommand: ModelListCommand.self
    )

    package init() {}
}

/// `affectctl model list`: the same as `affectctl models`.
package struct ModelListCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models that are loaded, installed or packaged."
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws { try ModelsCommand.report(options) }
}

/// What a model is taken in spite of.
struct ModelConcessions: ParsableArguments {
    @Flag(help: "Take a model that was taken back before.")
    var retry = false

    @Flag(help: "Take a release that is not above those that this device has had.")
    var allowDowngrade = false

    /// As parameters of a method.
    var parameters: [(String, JSONValue)] {
        (retry ? [("retry", true)] : []) + (allowDowngrade ? [("allowDowngrade", true)] : [])
    }
}

/// `affectctl model install`: hands a model to the daemon.
package struct ModelInstallCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Check a model, take it into use, and watch it while it is on probation.",
        discussion: """
            Copies FILE and its signature FILE.minisig to where the daemon can see them, and waits until \
            it is checked. Exits with 9 when it is not accepted, and says why.
            """
    )

    @Argument(help: "The model.")
    var file: String

    @OptionGroup var concessions: ModelConcessions
    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let connection = try DaemonConnection(socket: options.socketPath)
            let incoming = try Self.incoming(connection.call(.getState))
            let delivery = try ModelDelivery(of: file, into: incoming)
            do throws(ControlError) {
                try options.changeModel(
                    .installModel,
                    [("file", .string(delivery.name))] + concessions.parameters,
                    on: connection
                )
            } catch {
                delivery.remove()
                throw error
            }
        }
    }

    /// Where the daemon takes models from.
    package static func incoming(_ reply: JSONObject) throws(ControlError) -> String {
        let state: StateSnapshot
        do throws(JSONError) {
            state = try StateSnapshot(JSONCursor(.object(reply)).member("state"))
        } catch {
            throw ControlError(error, method: .getState)
        }
        guard let incoming = state.models?.incoming else {
            throw ControlError(
                .rejected,
                "this daemon has no folder to keep models in; set control.state_folder"
            )
        }
        return incoming
    }
}

/// `affectctl model activate`: takes an installed model into use.
package struct ModelActivateCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Take a model into use that is installed."
    )

    @Argument(help: "The digest, or the beginning of it; see affectctl models.")
    var digest: String

    @OptionGroup var concessions: ModelConcessions
    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            try options.changeModel(
                .activateModel,
                [("digest", .string(digest))] + concessions.parameters,
                on: DaemonConnection(socket: options.socketPath)
            )
        }
    }
}

/// `affectctl model rollback`: goes back to the model before.
package struct ModelRollbackCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to the model before."
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            try options.changeModel(
                .rollbackModel,
                [],
                on: DaemonConnection(socket: options.socketPath)
            )
        }
    }
}

extension ControlOptions {
    /// A check of a model may take a minute on a small board.
    private static let checkMilliseconds: Int32 = 120_000

    /// Changes the model and prints which one it is then.
    fileprivate func changeModel(
        _ method: AffectInterface.Method,
        _ parameters: [(String, JSONValue)],
        on connection: DaemonConnection
    ) throws(ControlError) {
        let reply = try connection.call(
            method,
            JSONObject(parameters),
            timeoutMilliseconds: Self.checkMilliseconds
        )
        guard !json else { return try Output.write(reply) }
        do throws(JSONError) {
            let model = try ModelReference(JSONCursor(.object(reply)).member("model"))
            try? Output.write("\(model.title), \(model.phase.rawValue)\n")
        } catch {
            throw ControlError(error, method: method)
        }
    }
}
