/// What the command line asks for.
package struct Options: Equatable {
    /// How events are printed in file mode.
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
        /// Check a model file and let it classify once.
        case selfTest(model: String)
        /// Check options and models, print what would be used.
        case checkConfiguration
        /// Print the help.
        case help
        /// Print the version.
        case version
    }

    /// Where the daemon serves when nothing else is said.
    package static let defaultSocket = "/run/affectd/socket"

    /// What to do.
    package var task = Task.serve
    /// How events are printed in file mode.
    package var format = Format.text
    /// The model for emotions; `nil` looks for one.
    package var model: String?
    /// The model for speech; `nil` looks for one.
    package var speechModel: String?
    /// The ALSA device; `nil` takes the only capture card.
    package var device: String?
    /// Where to serve.
    package var socket: String?

    /// What no arguments ask for.
    package init() {}
}
