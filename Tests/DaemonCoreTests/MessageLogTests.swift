import DaemonCore
import EventProtocol
import Glibc
import SystemIntegration
import Testing

@Suite struct MessageLogTests {
    private let model = ModelReference(
        name: "tiny",
        release: 3,
        digest: String(repeating: "ab", count: 32),
        phase: .active
    )

    private func message(
        _ event: Event,
        capture: CaptureState = .running,
        atSeconds seconds: UInt64 = 0
    ) -> Message {
        Message(
            sequence: 7,
            time: .clock(monotonicMicroseconds: seconds * 1_000_000, wallClockMicroseconds: 2),
            event: event,
            state: StateSnapshot(capture: capture, model: model)
        )
    }

    private func utterance(_ label: String) -> Message {
        message(
            .utterance(
                EmotionResult(
                    label: label,
                    probabilities: [
                        .init(label: "happy", permille: 700), .init(label: "sad", permille: 300),
                    ],
                    levelDecibelTenths: -200,
                    ageMicroseconds: 0,
                    durationMicroseconds: 5
                ),
                continued: false
            )
        )
    }

    @Test func writesAnUtteranceWithItsFields() throws {
        var log = MessageLog(journal: Journal(writesEntries: false, linesTo: STDERR_FILENO))
        let written = log.entry(for: utterance("happy"))
        let entry = try #require(written)
        let fields = entry.encodedFields().map { String(decoding: $0, as: UTF8.self) }
        #expect(
            fields == [
                "MESSAGE=utterance: happy 70 %, sad 30 %  -20.0 dBFS  0.000 s", "PRIORITY=6",
                "MESSAGE_ID=af7696288a494211933c703561a07047", "SYSLOG_IDENTIFIER=affectd",
                "AFFECT_EVENT=utterance", "AFFECT_SEQUENCE=7", "AFFECT_LABEL=happy",
                "AFFECT_CONFIDENCE_PERMILLE=700",
                "AFFECT_PROBABILITIES={\"happy\":700,\"sad\":300}",
                "AFFECT_LEVEL_DECIBEL_TENTHS=-200", "AFFECT_DURATION_MICROSECONDS=5",
                "AFFECT_CONTINUED=0", "AFFECT_CAPTURE=running", "AFFECT_SUMMARY=listening",
                "AFFECT_MODEL_NAME=tiny", "AFFECT_MODEL_RELEASE=3",
                "AFFECT_MODEL_DIGEST=\(model.digest)",
            ]
        )
    }

    @Test func writesLabelsOnChangeOnly() {
        var log = MessageLog(journal: Journal(writesEntries: false, linesTo: STDERR_FILENO))
        let written = ["happy", "happy", "unknown", "happy"].map {
            log.entry(for: utterance($0)) != nil
        }
        #expect(written == [true, false, true, true])
    }

    @Test(arguments: [(JournalMode.all, 3), (.off, 0)])
    func writesAllOrNothingWhenAsked(mode: JournalMode, count: Int) {
        var log = MessageLog(
            journal: Journal(writesEntries: false, linesTo: STDERR_FILENO),
            mode: mode
        )
        let written = ["happy", "happy", "happy"].compactMap { log.entry(for: utterance($0)) }
        #expect(written.count == count)
        let gone = Event.state(changed: ["capture"], reason: "gone")
        let trouble = log.entry(for: message(gone, capture: .noDevice))
        #expect(trouble != nil)
    }

    @Test func countsWhatRepeatsInsteadOfWritingIt() throws {
        var log = MessageLog(journal: Journal(writesEntries: false, linesTo: STDERR_FILENO))
        func written(_ seconds: UInt64) -> JournalEntry? {
            log.entry(
                for: message(.state(changed: ["capture"], reason: "flap"), atSeconds: seconds)
            )
        }
        let first = (0..<100).compactMap { written($0) }
        #expect(first.count == 20)
        let later = try #require(written(600))
        #expect(later.message == "state: flap (80 more of this kind were not written)")
        #expect(later.fields.last?.value == "80")
        let next = try #require(written(601))
        #expect(next.message == "state: flap")
    }

    @Test func writesNothingForWhatHappensAllTheTime() {
        var log = MessageLog(journal: Journal(writesEntries: false, linesTo: STDERR_FILENO))
        for event in [Event.speechStarted, .speechStopped(durationMicroseconds: 1)] {
            let written = log.entry(for: message(event))
            #expect(written == nil)
        }
    }

    @Test func warnsWhenTheMicrophoneIsGone() throws {
        var log = MessageLog(journal: Journal(writesEntries: false, linesTo: STDERR_FILENO))
        let event = Event.state(changed: ["capture"], reason: "no microphone is connected")
        let written = log.entry(for: message(event, capture: .noDevice))
        let gone = try #require(written)
        #expect(gone.priority == .warning)
        #expect(gone.message == "state: no microphone is connected")
        let back = log.entry(for: message(event))
        #expect(back?.priority == .notice)
    }
}
