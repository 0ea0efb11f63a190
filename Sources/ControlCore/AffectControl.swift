public import ArgumentParser
import EventProtocol
import Glibc
import SystemIntegration

/// The command `affectctl`.
public struct AffectControl: ParsableCommand {
    /// Name, help and commands.
    public static let configuration = CommandConfiguration(
        commandName: "affectctl",
        abstract: "Ask the affectd daemon what it hears.",
        discussion: """
            Exit codes: 0 done, 1 the daemon answered with an error, 2 wrong usage, 3 the daemon does \
            not run, 4 not permitted, 5 no answer in time, 6 nothing heard (get), 7 not listening (get), \
            8 something is wrong (doctor), 9 the model is not accepted (model).
            """,
        version: "affectctl \(ProductVersion.text)",
        subcommands: [
            StatusCommand.self, WatchCommand.self, ModelsCommand.self, ModelCommand.self,
            GetCommand.self, MuteCommand.self, UnmuteCommand.self, HoldCommand.self,
            DevicesCommand.self, StatisticsCommand.self, CheckConfigurationCommand.self,
            DoctorCommand.self,
        ],
        defaultSubcommand: StatusCommand.self
    )

    /// Runs what the arguments of the process ask for, and ends it with the exit code.
    public static func runAndExit() -> Never {
        do {
            var command = try parseAsRoot()
            try command.run()
            exit()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            // The commands of the package agree on 2 for wrong usage.
            try? FileDescriptor.writeAll(fullMessage(for: error) + "\n", to: STDERR_FILENO)
            exit(withError: ExitCode(ControlExitCode.usage.rawValue))
        }
    }

    /// Makes the command.
    public init() {}
}
