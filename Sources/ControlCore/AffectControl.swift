public import ArgumentParser
import EventProtocol

/// The command `affectctl`.
public struct AffectControl: ParsableCommand {
    /// Name, help and commands.
    public static let configuration = CommandConfiguration(
        commandName: "affectctl",
        abstract: "Ask the affectd daemon what it hears.",
        discussion: """
            Exit codes: 0 done, 1 the daemon answered with an error, 3 the daemon does not run, \
            4 not permitted, 5 no answer in time, 64 wrong usage.
            """,
        version: "affectctl \(ProductVersion.text)",
        subcommands: [StatusCommand.self, WatchCommand.self, ModelsCommand.self],
        defaultSubcommand: StatusCommand.self
    )

    /// Runs what the arguments of the process ask for, and ends it with the exit code.
    public static func runProcess() {
        main()
    }

    /// Makes the command.
    public init() {}
}
