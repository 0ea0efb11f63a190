extension Setting {
    /// What a setting may be set to.
    package enum Kind: Equatable, Sendable {
        /// Any text that is not empty.
        case text
        /// One of some words.
        case choice([String])
        /// A whole number.
        case integer(ClosedRange<Int>)
    }

    /// What is known of a setting.
    package struct Definition: Sendable {
        /// What it may be set to.
        package let kind: Kind
        /// What it is when nobody sets it.
        package let defaultValue: SettingValue?
        /// What it is then, in words, where there is no value.
        let defaultWords: String
        /// Whether SIGHUP is enough, or the daemon must start again.
        package let isReloadable: Bool
        /// What it is for, in lines of at most 90 characters.
        let help: [String]
        /// A value to show where there is no default.
        let example: SettingValue?
    }

    /// The variable of the environment that sets it.
    package var variable: String {
        switch self {
        case .emotionModel: "AFFECT_MODEL"
        case .speechModel: "AFFECT_SPEECH_MODEL"
        case .microphoneDevice: "AFFECT_DEVICE"
        case .socketPath: "AFFECT_SOCKET"
        // systemd names the folder of StateDirectory= so.
        case .stateFolder: "STATE_DIRECTORY"
        default:
            "AFFECT_"
                + rawValue.map { $0 == "." ? "_" : $0.uppercased() }.joined()
        }
    }

    /// Kind, default and help.
    package var definition: Definition {
        switch self {
        case .microphoneDevice:
            Self.text(
                "the only capture card there is",
                example: "card:Mic",
                isReloadable: true,
                "The microphone: card:ID, usb:VID:PID[:SERIAL], or an ALSA name taken verbatim,",
                "such as hw:CARD=Mic,DEV=0. `affectctl devices` prints the line for yours."
            )
        case .stallSeconds:
            Self.integer(
                1...3600,
                5,
                "Without a frame for so long the device is opened again."
            )
        case .zerosSeconds:
            Self.integer(
                0...86_400,
                60,
                "With nothing but zeros for so long the device is opened again; 0 never does."
            )
        case .emotionModel:
            Self.text(
                "the installed one, else the first int8 model in /usr/share/affectd/models",
                example: "/usr/share/affectd/models/example.int8.affect",
                isReloadable: false,
                "The model for emotions, whatever is installed."
            )
        case .speechModel:
            Self.text(
                "one beside the packaged model, else the gate alone",
                example: "/usr/share/affectd/models/speech.int8.affect",
                isReloadable: false,
                "The model that tells speech from noise."
            )
        case .signatures:
            Definition(
                kind: .choice(["required", "optional"]),
                defaultValue: .text("required"),
                defaultWords: "",
                isReloadable: true,
                help: ["Whether a model that is installed must be signed by a trusted key."],
                example: nil
            )
        case .probationUtterances:
            Self.integer(
                0...100_000,
                30,
                "An installed model is on probation until it has answered so many utterances …"
            )
        case .probationMinutes:
            Self.integer(0...10_080, 60, "… and listened for so long.")
        case .inferenceBudgetMilliseconds:
            Self.integer(
                1...10_000,
                500,
                "On probation, one answer that takes twice as long a time of the processor is a fault."
            )
        case .gateOpenDecibels:
            Self.integer(
                3...40,
                10,
                "The gate opens so far above the noise floor, in decibels, …"
            )
        case .gateHoldDecibels:
            Self.integer(
                1...40,
                6,
                "… stays open so far above it (not more than open_decibels), …"
            )
        case .gateHangoverMilliseconds:
            Self.integer(
                50...5000,
                400,
                "… and closes after so long below that."
            )
        case .unknownThreshold:
            Self.optionalInteger(
                0...1000,
                example: 400,
                "Below this probability the answer is `unknown`."
            )
        case .smoothing:
            Self.optionalInteger(
                0...950,
                example: 300,
                "How much of the windows before stays in the answer of a window."
            )
        case .hysteresis:
            Self.integer(
                0...500,
                0,
                "Within one speech the label changes only when the new one leads by so much."
            )
        case .minimumSignalToNoise:
            Self.integer(
                0...40,
                0,
                "Speech whose mean level is less than this above the noise is `unknown`; 0 takes all."
            )
        case .moodHalfLifeSeconds:
            Self.integer(
                1...86_400,
                300,
                "After so long an utterance counts half in the mood."
            )
        case .voiceMemorySeconds:
            Self.integer(
                0...86_400,
                300,
                "After so long without speech a model forgets how voices sounded; 0 remembers none."
            )
        case .controlGroup:
            Definition(
                kind: .text,
                defaultValue: .text("affect-admin"),
                defaultWords: "",
                isReloadable: true,
                help: ["Members of this group, and root, may mute, hold and install models."],
                example: nil
            )
        case .stateFolder:
            Self.text(
                "none; under systemd StateDirectory= sets it",
                example: "/var/lib/affectd",
                isReloadable: false,
                "Where a mute is kept over a restart, and where models are installed."
            )
        case .socketPath:
            Self.text(
                "the one passed by systemd, else /run/affectd/socket",
                example: "/run/affectd/socket",
                isReloadable: false,
                "The socket to serve."
            )
        case .socketClients:
            Self.integer(1...1024, 128, "Clients at a time.")
        case .socketIdleSeconds:
            Self.integer(
                0...86_400,
                60,
                "A client that has not subscribed and is silent for so long is sent off; 0 never."
            )
        case .socketQueueKilobytes:
            Self.integer(
                16...4096,
                64,
                "A client for which more than this waits to be read is sent off; 1024 bytes each."
            )
        case .journalMode:
            Definition(
                kind: .choice(["changes", "all", "off"]),
                defaultValue: .text("changes"),
                defaultWords: "",
                isReloadable: true,
                help: [
                    "What of the results goes into the journal: changes of the label, every",
                    "utterance and mood, or nothing. Trouble is always written.",
                ],
                example: nil
            )
        }
    }

    private static func text(
        _ defaultWords: String,
        example: String,
        isReloadable: Bool,
        _ help: String...
    ) -> Definition {
        Definition(
            kind: .text,
            defaultValue: nil,
            defaultWords: defaultWords,
            isReloadable: isReloadable,
            help: help,
            example: .text(example)
        )
    }

    private static func integer(
        _ range: ClosedRange<Int>,
        _ defaultValue: Int,
        _ help: String
    ) -> Definition {
        Definition(
            kind: .integer(range),
            defaultValue: .integer(defaultValue),
            defaultWords: "",
            isReloadable: true,
            help: [help],
            example: nil
        )
    }

    private static func optionalInteger(
        _ range: ClosedRange<Int>,
        example: Int,
        _ help: String
    ) -> Definition {
        Definition(
            kind: .integer(range),
            defaultValue: nil,
            defaultWords: "what the model says",
            isReloadable: true,
            help: [help],
            example: .integer(example)
        )
    }
}
