import EventProtocol
import Glibc
import Recognition
import SystemIntegration

/// Prints the events of a file, numbered from 1.
struct EventPrinter {
    let format: Options.Format
    let translator: EventTranslator
    private var sequence: UInt64 = 0

    init(format: Options.Format, translator: EventTranslator) {
        self.format = format
        self.translator = translator
    }

    /// Prints events as they come, each at once, so that a pipe sees them.
    ///
    /// - Throws: `system` when standard output is closed.
    mutating func print(_ events: [RecognitionEvent]) throws(DaemonError) {
        for event in events {
            let time = EventTranslator.time(of: event)
            try print(
                translator.event(event, arrivedMicroseconds: Int64(time)),
                at: time
            )
        }
    }

    /// Prints the last line.
    ///
    /// - Throws: `system` when standard output is closed.
    mutating func printEnd(
        audioMilliseconds: UInt64,
        featureFrames: UInt64
    ) throws(DaemonError) {
        try print(
            .end(audioMilliseconds: audioMilliseconds, featureFrames: featureFrames),
            at: audioMilliseconds * 1000
        )
    }

    /// Says something beside the events, on standard error.
    ///
    /// - Throws: `system` when standard error is closed.
    func warn(_ text: String) throws(DaemonError) {
        try write("affectd: \(text)\n", to: STDERR_FILENO)
    }

    private mutating func print(_ event: Event, at time: UInt64) throws(DaemonError) {
        sequence += 1
        let message = Message(
            sequence: sequence,
            time: .audio(microseconds: time),
            event: event
        )
        try write(format == .json ? message.jsonLine : message.textLine, to: STDOUT_FILENO)
    }

    private func write(_ text: String, to descriptor: Int32) throws(DaemonError) {
        do throws(SystemIntegrationError) {
            try FileDescriptor.writeAll(text, to: descriptor)
        } catch {
            throw .system(error)
        }
    }
}
