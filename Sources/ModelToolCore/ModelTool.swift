import EventProtocol
import ArgumentParser
import Glibc
import SystemIntegration

/// The quantisation and model tool, apart from its entry point.
public struct ModelTool: ParsableCommand {
    /// The version of the tool, as it stands in the provenance of the models that it makes.
    public static let version = ProductVersion.text

    /// What the argument parser shows.
    public static let configuration = CommandConfiguration(
        commandName: "affect-model",
        abstract: "Makes, measures and inspects the models of affectd.",
        discussion: """
            A full-precision model comes out of training, or of `import` from an ONNX network. `quantize` makes the int8 model that a \
            device runs, `evaluate` measures either of them on recordings with known labels, \
            `inspect` shows what a model is made of, and `features` shows what the network sees. \
            `keygen`, `sign` and `verify` are for models that travel.

            Exit codes: 0 done, 1 failure, 2 usage, 3 input unreadable, 4 model rejected.
            """,
        version: version,
        subcommands: [
            ImportCommand.self, InspectCommand.self, FeaturesCommand.self, QuantizeCommand.self,
            EvaluateCommand.self, KeygenCommand.self, SignCommand.self, VerifyCommand.self,
        ]
    )

    /// Makes the root command.
    public init() {}

    /// Runs the tool on the arguments of the process and ends the process.
    public static func runAndExit() -> Never {
        Glibc.exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs the tool.
    ///
    /// - Parameter arguments: without the name of the program.
    /// - Returns: the exit code.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            return 0
        } catch let error as ToolError {
            Console.printError("affect-model: \(error)")
            return error.exitCode
        } catch {
            // Help and version come as errors too.
            let isDone = exitCode(for: error) == .success
            let text = fullMessage(for: error)
            if isDone { Console.print(text) } else { Console.printError(text) }
            return isDone ? 0 : 2
        }
    }
}
