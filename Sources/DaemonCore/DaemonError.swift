import AudioCapture
import DaemonConfiguration
import ModelFile
import ModelStore
import Recognition
import SystemIntegration

/// Why `affectd` cannot do what it was asked for.
package enum DaemonError: Error, Equatable {
    /// The command line is wrong; the text says what and what is nearest.
    case usage(String)
    /// The configuration is wrong.
    case configuration(ConfigurationError)
    /// The input cannot be read.
    case input(path: String, AudioCaptureError)
    /// The models hear no speech in the sound of the benchmark.
    case noSpeech(sound: String)
    /// No model is there to load; the text says where it was looked for.
    case noModel(String)
    /// A model file cannot be read.
    case modelUnreadable(SystemIntegrationError)
    /// A model file is no valid model.
    case modelInvalid(path: String, ModelFileError)
    /// A model is not trusted, or not whole.
    case modelRejected(ModelRejection)
    /// A model is valid and does not fit its place.
    case modelUnfit(path: String, RecognizerError)
    /// A model is valid and its network cannot run or does not answer to its input.
    case selfTestFailed(path: String, String)
    /// The socket cannot be served.
    case socket(SystemIntegrationError)
    /// The system refused something else.
    case system(SystemIntegrationError)

    /// How the process ends.
    package var exitCode: ExitCode {
        switch self {
        case .usage, .configuration: .usage
        case .input, .noSpeech: .inputUnreadable
        case .noModel, .modelUnreadable, .modelInvalid, .modelRejected, .modelUnfit,
            .selfTestFailed:
            .modelRejected
        case .socket: .socketUnavailable
        case .system: .system
        }
    }
}

extension DaemonError: CustomStringConvertible {
    /// The error in words: what was expected, what came, what to do.
    package var description: String {
        switch self {
        case .usage(let text): "\(text)\ntry: affectd --help"
        case .configuration(let error): error.description
        case .input(let path, .unreadable(.call(let name, _, let errorNumber))):
            (path == "-" ? "standard input" : path)
                + ": \(name): \(SystemIntegrationError.describe(errorNumber))"
        case .input(let path, let error): "\(path): \(error)"
        case .noSpeech(let sound):
            "\(sound): the models hear no whole utterance in it; measure with a recording of speech,"
                + " --benchmark --input FILE"
        case .noModel(let text): text
        case .modelUnreadable(let error): "model: \(error)"
        case .modelInvalid(let path, let error): "model \(path): \(error)"
        case .modelRejected(let error): "model \(error)"
        case .modelUnfit(let path, let error): "model \(path): \(error)"
        case .selfTestFailed(let path, let reason): "model \(path): \(reason)"
        case .socket(.call(let name, let path, let errorNumber)):
            "socket \(path): \(name): \(SystemIntegrationError.describe(errorNumber));"
                + " choose another path with --socket"
        case .socket(let error): "\(error)"
        case .system(let error): "\(error)"
        }
    }
}
