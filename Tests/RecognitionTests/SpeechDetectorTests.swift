import ModelDescription
import ModelFile
import Recognition
import TestSupport
import Testing
import VoiceActivity

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

    /// Frames of 256 samples every 128, a window of ten frames every five: the fifth frame ends
    /// with sample 4 · 128 + 256 = 768, the tenth with 9 · 128 + 256 = 1408.
    @Test func theFirstAnswerComesAHopAfterTheSegmentBegins() throws {
        var detector = try SpeechDetector(model: SampleModel.speech(isSpeech: true))
        let samples = [Int16](repeating: 100, count: 768)
        for _ in 0..<2 {
            detector.process(samples, count: 767)
            #expect(!detector.isSpeech && detector.windowCount == 0)
            detector.process(samples, count: 1)
            #expect(detector.isSpeech && detector.windowCount == 1)
            #expect(detector.margin > 0)
            detector.process(samples, count: 639)
            #expect(detector.windowCount == 1)
            detector.process(samples, count: 1)
            #expect(detector.windowCount == 2)
            detector.reset()
            #expect(!detector.isSpeech && detector.windowCount == 0)
        }
    }

    /// The detector answers after 640 ms here (80 frames of 128 samples).
    ///
    /// Kept are 480 ms (60 frames) and the pre-roll of ten frames, 560 ms, but for the frame that is
    /// not whole yet.
    @Test func speechBeginsBeforeTheDetectorAnswers() throws {
        let model = try SampleModel.speech(isSpeech: true)
        var manifest = model.manifest
        manifest.decision.windowFrames = 80
        manifest.decision.hopFrames = 80
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            speechModel: Model(
                manifest: manifest,
                frontEndTables: model.frontEndTables,
                tensors: model.tensors
            ),
            format: AudioFormat(sampleRate: 16_000, channelCount: 1)
        )
        let samples = bursts([1000, 900, 1000])
        var position = 0
        var headStarts: [Int64] = []
        while position < samples.count {
            position += recognizer.process(samples.span.extracting(position..<samples.count))
            for case .speechStarted(let time, let begin) in recognizer.events {
                headStarts.append(time - begin)
            }
        }
        #expect(headStarts.count == 1)
        #expect(headStarts.allSatisfy { (540_000...600_000).contains($0) })
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
