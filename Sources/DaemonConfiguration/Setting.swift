/// Everything that can be configured; the raw value is the key in the file.
public enum Setting: String, CaseIterable, Sendable {
    case microphoneDevice = "microphone.device"
    case stallSeconds = "microphone.stall_seconds"
    case zerosSeconds = "microphone.zeros_seconds"
    case emotionModel = "models.emotion"
    case speechModel = "models.speech"
    case signatures = "models.signatures"
    case probationUtterances = "models.probation_utterances"
    case probationMinutes = "models.probation_minutes"
    case inferenceBudgetMilliseconds = "models.inference_budget_milliseconds"
    case gateOpenDecibels = "gate.open_decibels"
    case gateHoldDecibels = "gate.hold_decibels"
    case gateHangoverMilliseconds = "gate.hangover_milliseconds"
    case unknownThreshold = "decision.unknown_threshold_permille"
    case smoothing = "decision.smoothing_permille"
    case hysteresis = "decision.hysteresis_permille"
    case minimumSignalToNoise = "decision.minimum_signal_to_noise_decibels"
    case moodHalfLifeSeconds = "decision.mood_half_life_seconds"
    case voiceMemorySeconds = "decision.voice_memory_seconds"
    case controlGroup = "control.group"
    case stateFolder = "control.state_folder"
    case socketPath = "socket.path"
    case socketClients = "socket.clients"
    case socketIdleSeconds = "socket.idle_seconds"
    case socketQueueKilobytes = "socket.queue_kilobytes"
    case journalMode = "journal.mode"

    /// The table of the key.
    package var section: String { String(rawValue.prefix { $0 != "." }) }

    /// The key within its table.
    var name: String { String(rawValue.drop { $0 != "." }.dropFirst()) }
}
