import DaemonConfiguration
import EventProtocol
import Glibc
import JSONText
import SystemIntegration
import Varlink

/// Why a command of `affectctl` fails, in words that say what to type.
package struct ControlError: Error, Equatable, CustomStringConvertible {
    /// How the process ends.
    package let exitCode: ControlExitCode
    /// What went wrong and what to do.
    package let description: String

    private static let noAnswer = "affectd does not answer; see: systemctl status affectd"

    /// Explains what came in the place of an answer.
    package init(_ error: VarlinkClientError, socket: String) {
        switch error {
        case .system(.call(_, _, ENOENT)), .system(.call(_, _, ECONNREFUSED)):
            exitCode = .unavailable
            description = """
                affectd does not run: nobody answers at \(socket)
                try: systemctl start affectd      (as a service)
                     affectd --socket \(socket)   (in a terminal)
                     affectctl --socket PATH      (if it serves elsewhere)
                """
        case .system(.call(_, _, EACCES)), .system(.call(_, _, EPERM)):
            exitCode = .notPermitted
            description = """
                you may not talk to affectd at \(socket)
                try: sudo usermod -aG affect $USER, then log in again
                """
        case .system(.socketPathTooLong(let path, let limit)):
            exitCode = .usage
            let other = SystemIntegrationError.socketPathTooLong(path: path, limit: limit)
            description = "\(other)"
        case .system(.call(_, _, EAGAIN)):
            exitCode = .timeout
            description = Self.noAnswer
        case .system(let other):
            exitCode = .failed
            description = "\(other)"
        case .closed:
            exitCode = .unavailable
            description = "affectd closed the connection; see: journalctl -u affectd -n 20"
        case .timeout:
            exitCode = .timeout
            description = Self.noAnswer
        case .malformed(let error):
            exitCode = .failed
            description = "what answers at \(socket) is not affectd: \(error)"
        case .tooLarge:
            exitCode = .failed
            description = "what answers at \(socket) is not affectd: the answer has no end"
        case .service(let error) where error.name == "\(AffectInterface.name).NotPermitted":
            exitCode = .notPermitted
            let group =
                error.parameters["group"].flatMap { value -> String? in
                    if case .string(let name) = value { name } else { nil }
                } ?? "affect-admin"
            description = """
                you may not control affectd
                try: sudo usermod -aG \(group) $USER, then log in again
                """
        case .service(let error) where error.name == "\(AffectInterface.name).ModelRejected":
            exitCode = .rejected
            if case .string(let message)? = error.parameters["message"] {
                description = message
            } else {
                description = "the model is not accepted"
            }
        case .service(let error):
            exitCode = .failed
            let details =
                error.parameters.members.isEmpty
                ? "" : " \(JSONValue.object(error.parameters).text)"
            description = "affectd answers \(error.name)\(details)"
        }
    }

    /// Makes an error of a command.
    package init(_ exitCode: ControlExitCode, _ description: String) {
        self.exitCode = exitCode
        self.description = description
    }

    /// The daemon answered, and something is missing in the answer.
    init(_ error: JSONError, method: AffectInterface.Method) {
        exitCode = .failed
        description = "affectd answers \(method.fullName) in an unexpected way: \(error)"
    }

    /// The configuration is wrong.
    init(_ error: ConfigurationError) {
        exitCode = .usage
        description = "\(error)"
    }

    /// Standard output cannot be written.
    init(_ error: SystemIntegrationError) {
        exitCode = .failed
        description = "\(error)"
    }
}
