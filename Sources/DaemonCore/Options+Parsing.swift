import DaemonConfiguration

extension Options {
    /// One option of the command line.
    package struct Definition {
        /// The name with its dashes.
        package let name: String
        /// What its value is, `nil` when it takes none.
        let value: String?
        /// What it is for, in lines of at most 70 characters.
        let help: [String]
    }

    /// All options, in the order of the help.
    package static let definitions = [
        Definition(
            name: "--input",
            value: "FILE|-",
            help: [
                "print the events of a WAV file, or of standard input for \"-\"",
                "(raw S16_LE, 16 kHz, mono, or a WAV stream), and exit",
            ]
        ),
        Definition(
            name: "--format",
            value: "text|json",
            help: ["with --input or --benchmark: lines for people (the default) or JSON Lines"]
        ),
        Definition(
            name: "--config",
            value: "FILE",
            help: [
                "configuration; default: $AFFECT_CONFIG, else",
                "\(Configuration.defaultPath) if it is there; then FILE.d/*.toml",
            ]
        ),
        Definition(
            name: "--set",
            value: "KEY=VALUE",
            help: ["set a key of the configuration, such as journal.mode=all; may be repeated"]
        ),
        Definition(
            name: "--model",
            value: "M",
            help: [
                "models.emotion, the model for emotions; default: $AFFECT_MODEL, else as",
                "a service the installed one, else the first int8 model for the task in",
                "/usr/share/affectd/models",
            ]
        ),
        Definition(
            name: "--speech-model",
            value: "M",
            help: [
                "models.speech, the model that tells speech from noise; default:",
                "$AFFECT_SPEECH_MODEL, else one packaged beside the packaged model, else",
                "the energy gate alone",
            ]
        ),
        Definition(
            name: "--device",
            value: "NAME",
            help: [
                "microphone.device: card:ID, usb:VID:PID[:SERIAL] or an ALSA name;",
                "default: the only capture card there is (affectctl devices lists them)",
            ]
        ),
        Definition(
            name: "--socket",
            value: "PATH",
            help: [
                "socket.path, the Unix socket to serve; default: the one passed by systemd,",
                "else $AFFECT_SOCKET, else \(ListeningSocket.defaultPath)",
            ]
        ),
        Definition(
            name: "--check-config",
            value: nil,
            help: ["check configuration and models, print what is in force, and exit"]
        ),
        Definition(
            name: "--self-test",
            value: "M",
            help: ["check a model file, let it classify a test signal, and exit"]
        ),
        Definition(
            name: "--benchmark",
            value: nil,
            help: [
                "measure what recognition costs on this machine, print a table and a line to",
                "report, and exit; with --input speech.wav (16 kHz, mono) on that recording",
            ]
        ),
        Definition(name: "--version", value: nil, help: ["print the version and exit"]),
        Definition(name: "--help", value: nil, help: ["print this help and exit"]),
    ]

    /// Reads the arguments behind the name of the program.
    ///
    /// - Throws: `usage` with what is wrong and what is nearest.
    package init(parsing arguments: [String]) throws(DaemonError) {
        var rest = arguments[...]
        var given: Set<String> = []
        while let argument = rest.popFirst() {
            let parts = argument.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let name = argument == "-h" ? "--help" : String(parts[0])
            guard argument.hasPrefix("-") else {
                throw .usage("\"\(argument)\" is no option; did you mean --input \(argument)?")
            }
            guard let definition = Self.definitions.first(where: { $0.name == name }) else {
                let nearest = nearestWord(to: name, among: Self.definitions.map(\.name))
                throw .usage(
                    "unknown option \(name)" + (nearest.map { "; did you mean \($0)?" } ?? "")
                )
            }
            guard let placeholder = definition.value else {
                guard parts.count == 1 else { throw .usage("\(name) takes no value") }
                try apply(name, "")
                continue
            }
            guard name == "--set" || given.insert(name).inserted else {
                throw .usage("\(name) is given twice")
            }
            let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
            guard let value, !value.isEmpty, parts.count == 2 || !value.hasPrefix("--") else {
                throw .usage("\(name) needs a value: \(name) \(placeholder)")
            }
            try apply(name, value)
        }
        switch task {
        case .recognize, .benchmark: return
        default:
            guard format == .text else {
                throw .usage("--format goes with --input or --benchmark")
            }
        }
    }

    private mutating func apply(_ name: String, _ value: String) throws(DaemonError) {
        switch name {
        case "--input": try choose(.recognize(input: value))
        case "--self-test": try choose(.selfTest(model: value))
        case "--benchmark": try choose(.benchmark(input: nil))
        case "--check-config": try choose(.checkConfiguration)
        case "--version": try choose(.version)
        case "--help": try choose(.help)
        case "--config": configurationFile = value
        case "--set": try override(value)
        case "--model": override(.emotionModel, value, name)
        case "--speech-model": override(.speechModel, value, name)
        case "--device": override(.microphoneDevice, value, name)
        case "--socket": override(.socketPath, value, name)
        case "--format":
            guard let chosen = Format(rawValue: value) else {
                throw .usage("--format: expected text or json, found \"\(value)\"")
            }
            format = chosen
        default: preconditionFailure("every definition is applied")
        }
    }

    private mutating func override(_ setting: Setting, _ word: String, _ option: String) {
        overrides.append(Override(setting, word, option: option))
    }

    private mutating func override(_ assignment: String) throws(DaemonError) {
        let parts = assignment.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw .usage("--set: expected KEY=VALUE") }
        let key = String(parts[0])
        guard let setting = Setting(rawValue: key) else {
            let nearest = nearestWord(to: key, among: Setting.allCases.map(\.rawValue))
            throw .usage(
                "--set: unknown key \(key)" + (nearest.map { "; did you mean \($0)?" } ?? "")
            )
        }
        override(setting, String(parts[1]), "--set")
    }

    /// Help and version win over everything; two other tasks exclude each other, but for a benchmark
    /// with an input.
    private mutating func choose(_ chosen: Task) throws(DaemonError) {
        switch (task, chosen) {
        case (.help, _), (.version, _): return
        case (_, .help), (_, .version), (.serve, _): task = chosen
        case (.recognize(let input), .benchmark), (.benchmark, .recognize(let input)):
            task = .benchmark(input: input)
        default:
            throw .usage(
                "--input or --benchmark, --self-test and --check-config exclude each other"
            )
        }
    }

    /// The text of `--help`.
    package static var help: String {
        var text = """
            affectd listens to a microphone, decides when somebody speaks, and says which emotion
            the voice expresses. Everything runs on this machine; no sound is kept.

            Usage:
              affectd                          capture from ALSA, serve the socket, write the journal
              affectd --input FILE|- [--format text|json]
                                               the same over a file: print the events and exit
              affectd --benchmark              what it costs on this machine

            Options:

            """
        for definition in definitions {
            let name = definition.value.map { "\(definition.name) \($0)" } ?? definition.name
            let padding = String(repeating: " ", count: max(2, 22 - name.count))
            text += "  \(name)\(padding)\(definition.help[0])\n"
            for line in definition.help.dropFirst() {
                text += String(repeating: " ", count: 24) + line + "\n"
            }
        }
        return text + """

            Examples:
              affectd --input speech.wav
              ffmpeg -i talk.mp3 -f s16le -ar 16000 -ac 1 - | affectd --input - --format json
              affectctl watch                  what the running daemon hears

            Exit: 0 done, 1 system error, 2 usage or configuration, 3 input unreadable, 4 model rejected,
            5 socket unavailable.

            """
    }
}
