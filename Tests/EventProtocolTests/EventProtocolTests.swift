import EventProtocol
import JSONText
import SystemIntegration
import Testing

private let result = EmotionResult(
    label: "happy",
    probabilities: [
        .init(label: "neutral", permille: 204), .init(label: "happy", permille: 631),
        .init(label: "sad", permille: 165),
    ],
    levelDecibelTenths: -235,
    ageMicroseconds: 0,
    durationMicroseconds: 1_840_000
)

private let model = ModelReference(
    name: "tiny",
    release: 3,
    digest: String(repeating: "ab", count: 32),
    phase: .active
)

private let state = StateSnapshot(
    capture: .noDevice,
    heldUntilMicroseconds: 77,
    model: model,
    degraded: ["clock not set"]
)

private let everyEvent: [Event] = [
    .speechStarted, .speechStopped(durationMicroseconds: 12), .emotion(result),
    .utterance(result, continued: true),
    .mood(label: "unknown", probabilities: result.probabilities),
    .state(changed: ["capture", "model"], reason: "the device is gone"),
    .model(.rolledBack, model, reason: "two crashes"),
]

@Suite struct MessageJSONTests {
    @Test func eventComesFirstAndProbabilitiesKeepTheOrderOfTheModel() {
        let message = Message(
            sequence: 7,
            time: .audio(microseconds: 2_500_000),
            event: .emotion(result)
        )
        #expect(
            message.jsonLine
                == #"{"event":"emotion","sequence":7,"audioMicroseconds":2500000,"#
                + #""label":"happy","confidencePermille":631,"#
                + #""probabilities":{"neutral":204,"happy":631,"sad":165},"#
                + #""levelDecibelTenths":-235,"ageMicroseconds":0,"durationMicroseconds":1840000}"#
                + "\n"
        )
    }

    @Test func endOfAFileHasTheTwoMembersOfTheContract() {
        let message = Message(
            sequence: 9,
            time: .audio(microseconds: 5_000_000),
            event: .end(audioMilliseconds: 5000, featureFrames: 498)
        )
        #expect(message.jsonLine == #"{"event":"end","audio_ms":5000,"feature_frames":498}"# + "\n")
    }

    @Test func stateNamesEveryFactAndTheSummary() {
        #expect(
            JSONValue.object(state.json).text
                == #"{"capture":"no-device","speech":false,"muted":false,"heldUntil":77,"#
                + #""model":{"name":"tiny","release":3,"digest":"\#(model.digest)","#
                + #""phase":"active"},"degraded":["clock not set"],"summary":"no-device"}"#
        )
    }

    @Test(arguments: everyEvent)
    func readsWhatItWrote(event: Event) throws {
        let message = Message(
            sequence: 3,
            time: .clock(monotonicMicroseconds: 5, wallClockMicroseconds: 6),
            event: event,
            state: state
        )
        let read = try Message(JSONCursor(JSONReader.read(message.jsonLine)))
        #expect(read == message)
    }

    @Test func leavesUnknownMembersOfNewerDaemonsAside() throws {
        let text = #"{"event":"speech-started","sequence":1,"audioMicroseconds":2,"colour":"red"}"#
        let message = try Message(JSONCursor(JSONReader.read(text)))
        #expect(message.event == .speechStarted)
    }

    @Test(arguments: [
        (#"{"sequence":1}"#, "event is missing"),
        (#"{"event":"dance"}"#, "event: expected the name of an event, found \"dance\""),
        (
            #"{"event":"speech-started","sequence":-1,"audioMicroseconds":2}"#,
            "sequence: expected an integer 0 … 9223372036854775807, found -1"
        ),
    ])
    func namesThePlaceThatIsWrong(text: String, words: String) throws {
        let value = try JSONReader.read(text)
        #expect {
            try Message(JSONCursor(value))
        } throws: { "\($0)" == words }
    }
}

@Suite struct SummaryTests {
    @Test(arguments: [
        (StateSnapshot(capture: .running, speech: true, muted: true, model: model), "muted"),
        (StateSnapshot(capture: .busy, model: model), "busy"),
        (StateSnapshot(capture: .running), "no-model"),
        (StateSnapshot(capture: .running, heldUntilMicroseconds: 1, model: model), "held"),
        (StateSnapshot(capture: .running, speech: true, model: model), "speech"),
        (StateSnapshot(capture: .running, model: model), "listening"),
        (StateSnapshot(capture: .running, model: model, degraded: ["x"]), "degraded"),
    ])
    func isTheFirstFactThatMatters(state: StateSnapshot, word: String) {
        #expect(state.summary == word)
    }
}

@Suite struct MessageTextTests {
    @Test(arguments: [
        (Event.speechStarted, "     2.500 s  speech-started\n"),
        (
            .emotion(result),
            "     2.500 s  emotion         happy 63 %, neutral 20 %, sad 17 %  -23.5 dBFS\n"
        ),
        (
            .mood(label: "unknown", probabilities: result.probabilities),
            "     2.500 s  mood            unknown (happy 63 %, neutral 20 %, sad 17 %)\n"
        ),
        (
            .end(audioMilliseconds: 5004, featureFrames: 498),
            "     2.500 s  end             5.004 s of audio, 498 feature frames\n"
        ),
    ])
    func isOneLineForPeople(event: Event, line: String) {
        let message = Message(sequence: 1, time: .audio(microseconds: 2_500_999), event: event)
        #expect(message.textLine == line)
    }
}

@Suite struct AffectInterfaceTests {
    @Test func isTheInstalledFile() throws {
        let bytes = try FileDescriptor.contents(
            ofFile: "\(sourceRoot)/systemd/org.affectd.varlink",
            limit: 65_536
        )
        #expect(String(decoding: bytes, as: UTF8.self) == AffectInterface.description)
    }

    @Test(arguments: AffectInterface.Method.allCases)
    func describesEveryMethod(method: AffectInterface.Method) {
        #expect(AffectInterface.description.contains("\nmethod \(method.rawValue)("))
    }

    /// The package, two folders above this file's.
    private var sourceRoot: String {
        "\(#filePath)".split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    }
}
