import AudioCapture
import DaemonConfiguration
import DaemonCore
import EventProtocol
import JSONText
import ModelFile
import Recognition
import ServiceTestSupport
import TestSupport
import Testing

/// How long a daemon remembers the voice that a model with memory normalises by.
@Suite struct VoiceMemoryTests {
    /// What is answered to two utterances a second apart.
    private func answers(
        settings: [(Setting, String)] = [],
        between act: (ModelBed) throws -> Void = { _ in }
    ) throws -> [[EmotionResult.Probability]] {
        let directory = try TemporaryDirectory()
        let model = try SampleModel.remembering(160)
        let path = try directory.write(model.bytes, to: "model.affect")
        let bed = try ModelBed(settings: settings + [(.emotionModel, path)])
        defer { bed.remove() }
        try bed.hear(bursts([700, 100, 900]))
        try act(bed)
        try bed.hear(bursts([300, 130, 900]))
        return bed.messages.compactMap {
            if case .utterance(let result, _) = $0.event { result.probabilities } else { nil }
        }
    }

    @Test func aMuteForgetsTheVoice() throws {
        let remembered = try answers()
        let alone = try answers(settings: [(.voiceMemorySeconds, "0")])
        #expect(remembered.count == 2 && alone.count == 2)
        #expect(remembered[0] == alone[0] && remembered[1] != alone[1])
        let muted = try answers { bed in
            try bed.call("SetMute", ["muted": true])
            try bed.call("SetMute", ["muted": false])
        }
        #expect(muted == alone)
        let held = try answers { bed in
            try bed.call("Hold", ["seconds": 1])
            try bed.call("Hold", ["seconds": 0])
        }
        #expect(held == remembered)
    }

    @Test func anotherOpeningOfAMicrophoneForgetsTheVoice() throws {
        let reopened = try answers { bed in
            bed.daemon.microphoneChanged(to: .noDevice(reason: "unplugged"))
            bed.openMicrophone()
        }
        #expect(try reopened == answers(settings: [(.voiceMemorySeconds, "0")]))
    }

    @Test func aHoldCountsAsTimeWithoutSpeech() throws {
        let settings = [(Setting.voiceMemorySeconds, "2")]
        func held(_ seconds: Int) throws -> [[EmotionResult.Probability]] {
            try answers(settings: settings) { bed in
                try bed.call("Hold", ["seconds": 60])
                try bed.hear([Int16](repeating: 0, count: seconds * 16_000))
                try bed.call("Hold", ["seconds": 0])
            }
        }
        #expect(try held(1) == answers())
        #expect(try held(2) == answers(settings: [(.voiceMemorySeconds, "0")]))
    }

    @Test func theConfigurationSaysForHowLong() throws {
        var configuration = Configuration()
        #expect(RecognizerOptions(configuration).voiceMemory == 300)
        #expect(RecognizerOptions().voiceMemory == 300)
        try configuration.set(.voiceMemorySeconds, to: "20", from: "test")
        #expect(RecognizerOptions(configuration).voiceMemory == 20)
        #expect(throws: (any Error).self) {
            try configuration.set(.voiceMemorySeconds, to: "86401", from: "test")
        }
    }
}
