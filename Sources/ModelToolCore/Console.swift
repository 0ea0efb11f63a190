import Glibc
import SystemIntegration

/// Standard output and standard error.
///
/// A closed pipe ends the output and is no error.
enum Console {
    static func print(_ text: String) {
        try? FileDescriptor.writeAll(text + "\n", to: STDOUT_FILENO)
    }

    static func printError(_ text: String) {
        try? FileDescriptor.writeAll(text + "\n", to: STDERR_FILENO)
    }

    /// Says what begins: a line that is replaced on a terminal, a line of its own elsewhere.
    static func printStep(_ text: String) {
        if isatty(STDERR_FILENO) == 1 { printStatus(text) } else { printError(text) }
    }

    /// Replaces the line on a terminal; writes nothing elsewhere.
    static func printStatus(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        try? FileDescriptor.writeAll("\r\u{1B}[K\(text)", to: STDERR_FILENO)
    }
}

/// Tells how far a long run is: a line that moves on a terminal, one line in ten steps elsewhere.
struct Progress {
    private let what: String
    private let total: Int
    private var done = 0

    init(_ what: String, total: Int) {
        self.what = what
        self.total = total
    }

    mutating func advance() {
        done += 1
        if isatty(STDERR_FILENO) == 1 {
            Console.printStatus("\(what): \(done)/\(total)")
            if done == total { Console.printStatus("") }
        } else if done * 10 / total != (done - 1) * 10 / total {
            Console.printError("\(what): \(done)/\(total)")
        }
    }
}
