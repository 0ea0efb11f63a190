import ArgumentParser
import Glibc
import JSONText
import SystemIntegration

/// Printing and ending, the same for all commands.
enum Output {
    /// Prints text as it is, at once.
    static func write(_ text: String) throws(ControlError) {
        do throws(SystemIntegrationError) {
            try FileDescriptor.writeAll(text, to: STDOUT_FILENO)
        } catch {
            throw ControlError(error)
        }
    }

    /// Prints a value as one line of JSON.
    static func write(_ object: JSONObject) throws(ControlError) {
        try write(JSONValue.object(object).text + "\n")
    }

    /// Runs the body of a command; an error goes to standard error and becomes the exit code.
    static func report(_ body: () throws(ControlError) -> Void) throws {
        do throws(ControlError) {
            try body()
        } catch {
            // Standard error may be closed; the exit code still tells.
            try? FileDescriptor.writeAll("affectctl: \(error)\n", to: STDERR_FILENO)
            throw ExitCode(error.exitCode.rawValue)
        }
    }
}
