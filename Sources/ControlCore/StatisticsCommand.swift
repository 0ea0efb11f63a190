import ArgumentParser
import EventProtocol
import JSONText

/// `affectctl stats`: what has happened since the start of the daemon.
package struct StatisticsCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show counts since the start of the daemon."
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let reply = try DaemonConnection(socket: options.socketPath).call(.getStats)
            try options.json ? Output.write(reply) : Output.write(Self.text(reply))
        }
    }

    /// The counts for people, one a line; those of a newer daemon, too.
    package static func text(_ reply: JSONObject) -> String {
        reply.members.map { member in
            let name = words(member.key)
            return name + String(repeating: " ", count: max(2, 24 - name.count))
                + "\(member.value.text)\n"
        }.joined()
    }

    /// `framesLost` as `frames lost`.
    private static func words(_ key: String) -> String {
        key.map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined()
    }
}
