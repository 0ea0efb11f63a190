import CAllocationProbe
import Foundation
import ModelFile
import Recognition
import TestSupport
import Testing

/// From samples to events nothing is allocated after preparation: resampler, energy gate, speech
/// model, front end, windows, cut and ended utterances, mood.
@Suite struct AllocationTests {
    @Test func aThousandFramesOfSpeechAndSilenceAllocateNothing() throws {
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            speechModel: SampleModel.speech(isSpeech: true),
            format: AudioFormat(sampleRate: 48_000, channelCount: 2)
        )
        // Frames are 8 ms apart, and the longest utterance of the model has 80 of them.
        let samples = bursts([700, 1500, 900, 400, 900, 5000, 700], rate: 48_000, channels: 2)
        // The first round lets a debug build instantiate its generic metadata.
        let kinds = process(&recognizer, samples)
        #expect(kinds == ["begin", "window", "cut", "utterance", "mood", "end"])
        try expectNothing(&recognizer, samples)
    }

    @Test func aThousandFramesWithMemoryAllocateNothing() throws {
        var recognizer = try Recognizer(
            model: SampleModel.remembering(160),
            format: AudioFormat(sampleRate: 16_000, channelCount: 1)
        )
        let samples = bursts([700, 1500, 900, 400, 900, 5000, 700])
        let kinds = process(&recognizer, samples)
        #expect(kinds == ["begin", "window", "cut", "utterance", "mood", "end"])
        try expectNothing(&recognizer, samples)
    }

    /// The shipped models, on the clips that come with them.
    @Test func aThousandFramesOfTheShippedModelsAllocateNothing() throws {
        var recognizer = try Recognizer(
            model: Model(reading: Self.bytes("Models/emotion-open.int8.affect")),
            speechModel: Model(reading: Self.bytes("Models/speech-open.int8.affect")),
            format: AudioFormat(sampleRate: 16_000, channelCount: 1)
        )
        let samples = try Self.clips()
        let kinds = process(&recognizer, samples)
        #expect(kinds.isSuperset(of: ["begin", "window", "utterance", "mood", "end"]))
        try expectNothing(&recognizer, samples)
    }

    private func expectNothing(_ recognizer: inout Recognizer, _ samples: [Int16]) throws {
        let first = recognizer.frameCount
        var position = 0
        let before = affect_allocation_count()
        while recognizer.frameCount < first + 1000 {
            position += recognizer.process(samples.span.extracting(position..<samples.count))
            if position == samples.count { position = 0 }
        }
        recognizer.finish()
        let after = affect_allocation_count()
        #expect(after == before)
    }

    /// The kinds of events that samples bring.
    private func process(_ recognizer: inout Recognizer, _ samples: [Int16]) -> Set<String> {
        var position = 0
        var kinds: Set<String> = []
        while position < samples.count {
            position += recognizer.process(samples.span.extracting(position..<samples.count))
            for event in recognizer.events {
                switch event {
                case .speechStarted: kinds.insert("begin")
                case .speechStopped: kinds.insert("end")
                case .emotion: kinds.insert("window")
                case .utterance(_, _, let isContinued):
                    kinds.insert(isContinued ? "cut" : "utterance")
                case .mood: kinds.insert("mood")
                }
            }
        }
        return kinds
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](
            try Data(contentsOf: tests.deletingLastPathComponent().appending(path: path))
        )
    }

    /// The clips of the repository with pauses of a second, 16 kHz mono behind headers of 44 bytes.
    private static func clips() throws -> [Int16] {
        let pause = bursts([1000])
        let names = ["1079_IEO_ANG_HI", "1080_IEO_HAP_HI", "1089_TAI_SAD_XX", "1089_TIE_NEU_XX"]
        return try names.flatMap { name in
            let data = try bytes("Models/samples/\(name).wav").dropFirst(44)
            let low = stride(from: data.startIndex, to: data.endIndex - 1, by: 2)
            return pause
                + low.map { Int16(bitPattern: UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8) }
        } + pause
    }
}
