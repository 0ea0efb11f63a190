import ArgumentParser
import SystemIntegration

/// Options of every command.
struct ControlOptions: ParsableArguments {
    /// Where the daemon serves when nothing else is said.
    static let defaultSocket = "/run/affectd/socket"

    @Option(
        help: ArgumentHelp(
            "Unix socket of the daemon.",
            discussion: "Default: $AFFECT_SOCKET, else \(defaultSocket).",
            valueName: "path"
        )
    )
    var socket: String?

    @Flag(help: "Print JSON instead of text.")
    var json = false

    /// The socket to connect to.
    var socketPath: String { socket ?? Environment["AFFECT_SOCKET"] ?? Self.defaultSocket }
}
