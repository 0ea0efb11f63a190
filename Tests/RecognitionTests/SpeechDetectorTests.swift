import Recognition
import TestSupport
import Testing

/// A speech model decides inside what the energy gate lets through.
@Suite struct SpeechDetectorTests {
    private func kinds(isSpeech: Bool) throws -> [String] {
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            speechModel: SampleModel.speech(isSpeech: isSpeech),
            format: AudioFormat(sampleRate: 16_000, channelCount: 1)
        )
        let samples = bursts([1000, 900, 1000])
        var kinds: [String] = []
        var position = 0
        while position < samples.count {
            position += recognizer.process(samples.span.extracting(position..<samples.count))
            kinds += recognizer.events.map(name)
        }
        return kinds
    }

    private func name(_ event: RecognitionEvent) -> String {
        switch event {
        case .speechStarted: "started"
        case .speechStopped: "stopped"
        case .emotion: "emotion"
        case .utterance: "utterance"
        case .mood: "mood"
        }
    }

    @Test func soundThatIsNoSpeechBringsNothing() throws {
        #expect(try kinds(isSpeech: false).isEmpty)
    }

    @Test func soundThatIsSpeechBringsTheSameKindsOfEventsAsTheGateAlone() throws {
        let found = try kinds(isSpeech: true)
        #expect(found.first == "started" && found.last == "stopped")
        #expect(found.contains("utterance") && found.contains("emotion"))
    }

    @Test func aModelForEmotionsIsNoSpeechModel() throws {
        #expect(throws: RecognizerError.self) {
            _ = try Recognizer(
                model: SampleModel.int8(),
                speechModel: SampleModel.int8(),
                format: AudioFormat(sampleRate: 16_000, channelCount: 1)
            )
        }
    }
}
