import ArgumentParser
import DaemonConfiguration

/// `affectctl check-config`: reads a configuration as the daemon would.
package struct CheckConfigurationCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration file and print what would be in force.",
        discussion: """
            Reads FILE, then FILE.d/*.toml, then the environment, as the daemon does; without FILE \
            \(Configuration.defaultPath). Behind each value stands who set it. Needs no daemon. \
            Exits with 2 when something is wrong.
            """
    )

    @Argument(help: "The configuration file.")
    var file: String?

    @Flag(help: "Print JSON instead of TOML.")
    var json = false

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let read = try Self.read(file)
            try json ? Output.write(read.json) : Output.write(read.text)
        }
    }

    /// The configuration in force.
    static func read(_ file: String?) throws(ControlError) -> Configuration {
        do throws(ConfigurationError) {
            let configuration = try Configuration(path: file)
            try configuration.checkTogether()
            return configuration
        } catch {
            throw ControlError(error)
        }
    }
}
