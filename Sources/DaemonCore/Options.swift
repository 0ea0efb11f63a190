import DaemonConfiguration

/// What the command line asks for.
package struct Options: Equatable {
    /// How events and measurements are printed.
    package enum Format: String, CaseIterable {
        case text
        case json
    }

    /// What to do.
    package enum Task: Equatable {
        /// Capture, serve and write the journal.
        case serve
        /// Print the events of a file, or of standard input for `-`.
        case recognize(input: String)
        /// Measure what recognition costs here, with a recording or a made voice.
        case benchmark(input: String?)
        /// Check a model file and let it classify once.
        case selfTest(model: String)
        /// Check options and models, print what would be used.
        case checkConfiguration
        /// Print the help.
        case help
        /// Print the version.
        case version
    }

    /// A setting that the command line sets.
    package struct Override: Equatable {
        package let setting: Setting
        package let word: String
        /// The option, for whoever asks who set it.
        package let option: String

        package init(_ setting: Setting, _ word: String, option: String) {
            self.setting = setting
            self.word = word
            self.option = option
        }
    }

    /// What to do.
    package var task = Task.serve
    /// How events and measurements are printed.
    package var format = Format.text
    /// The configuration file; `nil` for the usual one.
    package var configurationFile: String?
    /// What is set above the configuration.
    package var overrides: [Override] = []

    /// What no arguments ask for.
    package init() {}

    /// Whether a socket that systemd passes is served: one on the command line wins over it.
    package var isPassedSocketWelcome: Bool {
        !overrides.contains { $0.setting == .socketPath }
    }

    /// The configuration with what the command line sets.
    ///
    /// - Throws: `configuration`.
    package func configuration(
        defaultPath: String = Configuration.defaultPath
    ) throws(DaemonError) -> Configuration {
        do throws(ConfigurationError) {
            var configuration = try Configuration(
                path: configurationFile,
                defaultPath: defaultPath
            )
            for override in overrides {
                try configuration.set(override.setting, to: override.word, from: override.option)
            }
            try configuration.checkTogether()
            return configuration
        } catch {
            throw .configuration(error)
        }
    }
}
