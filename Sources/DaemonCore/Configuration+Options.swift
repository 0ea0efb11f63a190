import AudioCapture
import DaemonConfiguration
import Varlink

extension MicrophoneOptions {
    /// What is configured about the microphone.
    init(_ configuration: Configuration) {
        self.init(name: configuration.text(.microphoneDevice))
        stallMicroseconds = UInt64(configuration.number(.stallSeconds)) * 1_000_000
        zerosMicroseconds = UInt64(configuration.number(.zerosSeconds)) * 1_000_000
    }
}

extension VarlinkLimits {
    /// What is configured about clients.
    init(_ configuration: Configuration) {
        self.init(
            clients: configuration.number(.socketClients),
            queueBytes: configuration.number(.socketQueueKilobytes) * 1024,
            idleMicroseconds: UInt64(configuration.number(.socketIdleSeconds)) * 1_000_000
        )
    }
}

extension JournalMode {
    /// What is configured about the journal.
    init(_ configuration: Configuration) {
        self = configuration.text(.journalMode).flatMap(JournalMode.init(rawValue:)) ?? .changes
    }
}
