import ArgumentParser
import JSONText

/// `affectctl doctor`: what is wrong, and what to type.
package struct DoctorCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong, and say what to type.",
        discussion: """
            Looks at groups, configuration, socket, device, model, clock and journal, from outside the \
            sandbox of the daemon, and names the program that has a busy microphone. Exits with 8 when \
            something is wrong.
            """
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let findings = Diagnosis.findings(Symptoms(socket: options.socketPath))
            if options.json {
                try Output.write(["findings": .array(findings.map { .object($0.json) })])
            } else {
                try Output.write(findings.map(\.text).joined())
            }
            let wrong = findings.filter { $0.verdict == .wrong }.map(\.subject)
            guard wrong.isEmpty else {
                throw ControlError(
                    .unhealthy,
                    "something is wrong: \(wrong.joined(separator: ", "))"
                )
            }
        }
    }
}
