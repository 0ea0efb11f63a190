import AudioCapture
import DaemonConfiguration
import EventProtocol
import Glibc
import Recognition
import SystemIntegration

/// The command `affectd`.
public enum AffectDaemon {
    /// Does what the arguments of the process ask for, and ends it with the exit code.
    public static func main() -> Never {
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Does what the arguments ask for.
    ///
    /// - Parameter arguments: the command line without the name of the program.
    /// - Returns: the exit code.
    public static func run(_ arguments: [String]) -> Int32 {
        do throws(DaemonError) {
            try perform(try Options(parsing: arguments))
            return ExitCode.done.rawValue
        } catch {
            // Standard error may be closed; the exit code still tells.
            try? FileDescriptor.writeAll("affectd: \(error)\n", to: STDERR_FILENO)
            return error.exitCode.rawValue
        }
    }

    private static func perform(_ options: Options) throws(DaemonError) {
        Environment.keepMemoryOutOfDumps()
        switch options.task {
        case .help: try print(Options.help)
        case .version: try print("affectd \(ProductVersion.text)\n")
        case .recognize(let input):
            let configuration = try options.configuration()
            try FileMode(
                input: input,
                format: options.format,
                models: loadModels(configuration),
                options: RecognizerOptions(configuration)
            ).run()
        case .benchmark(let input):
            let configuration = try options.configuration()
            let report = try Benchmark(
                models: loadModels(configuration),
                options: RecognizerOptions(configuration),
                input: input
            ).run()
            try print(options.format == .json ? report.jsonLine : report.text)
        case .selfTest(let path): try print(confinedSelfTest(path))
        case .checkConfiguration: try print(checkedConfiguration(options))
        case .serve: try serve(options)
        }
    }

    /// Reads the model, and then gives away all that its check does not need.
    private static func confinedSelfTest(_ path: String) throws(DaemonError) -> String {
        let bytes = try LoadedModel.contents(of: path)
        let landlock = try onSystem { () throws(SystemIntegrationError) in
            try Confinement().enter()
        }
        let words = landlock == nil ? "this kernel has no Landlock" : "no file can be opened"
        return try SelfTest.run(bytes, path) + "confined limits, no new privileges, \(words)\n"
    }

    private static func serve(_ options: Options) throws(DaemonError) {
        Environment.ignoreBrokenPipes()
        let configuration = try options.configuration()
        let loop = try onSystem { () throws(SystemIntegrationError) in try EventLoop() }
        let manager = configuration.text(.stateFolder).map {
            ModelManager(configuration, folder: $0, loop: loop)
        }
        // Whatever ends the daemon in order is no crash of a new model.
        defer { manager?.end() }
        let models = try loadModels { () throws(DaemonError) in
            if let manager { return try manager.begin() }
            return try ModelSet(configuration)
        }
        let socket = try ListeningSocket(
            configuration,
            isPassedWelcome: options.isPassedSocketWelcome
        )
        let ownFile = socket.ownFile
        defer { ownFile?.remove() }
        let daemon = try Daemon(
            models: models,
            manager: manager,
            configuration: configuration,
            rereadConfiguration: { () throws(DaemonError) in try options.configuration() },
            loop: loop,
            notifier: ServiceNotifier(),
            journal: Journal()
        )
        try daemon.start(listener: socket.takeDescriptor())
        _ = try onSystem { () throws(SystemIntegrationError) in try loop.run() }
    }

    /// Loads the models, with a warning for each packaged one that cannot be used.
    private static func loadModels(
        _ configuration: Configuration
    ) throws(DaemonError) -> ModelSet {
        try loadModels { () throws(DaemonError) in try ModelSet(configuration) }
    }

    private static func loadModels(
        _ choose: () throws(DaemonError) -> ModelSet
    ) throws(DaemonError) -> ModelSet {
        let models = try choose()
        for error in models.skipped {
            // Standard error may be closed; the models that are left work all the same.
            try? FileDescriptor.writeAll("affectd: skipped: \(error)\n", to: STDERR_FILENO)
        }
        return models
    }

    /// Makes the system's errors those of the daemon.
    private static func onSystem<Result>(
        _ body: () throws(SystemIntegrationError) -> Result
    ) throws(DaemonError) -> Result {
        do throws(SystemIntegrationError) {
            return try body()
        } catch {
            throw .system(error)
        }
    }

    private static func checkedConfiguration(_ options: Options) throws(DaemonError) -> String {
        let configuration = try options.configuration()
        return try checked(
            configuration,
            loadModels(configuration),
            isPassedSocketWelcome: options.isPassedSocketWelcome
        )
    }

    /// What is in force, as a configuration file, with the models in comments.
    ///
    /// What is installed in the service and what systemd passes to it are not known here.
    ///
    /// - Parameter isPassedSocketWelcome: whether a socket that systemd passes would be served.
    package static func checked(
        _ configuration: Configuration,
        _ models: ModelSet,
        isPassedSocketWelcome: Bool
    ) -> String {
        let speech = models.speech.map { "\($0.path) (\($0.summary))" }
        let installed = configuration.text(.emotionModel) == nil ? ", unless one is installed" : ""
        let passed = isPassedSocketWelcome ? ", unless systemd passes one" : ""
        return """
            # model         \(models.emotion.path) (\(models.emotion.summary))\(installed)
            # speech model  \(speech ?? "none, the energy gate decides")
            # socket        \(ListeningSocket.path(configuration))\(passed)

            \(configuration.text)
            """
    }

    private static func print(_ text: String) throws(DaemonError) {
        try onSystem { () throws(SystemIntegrationError) in
            try FileDescriptor.writeAll(text, to: STDOUT_FILENO)
        }
    }
}
