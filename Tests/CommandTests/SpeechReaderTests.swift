import Features
import ModelDescription
import ModelFile
import ModelToolCore
import Recognition
import ServiceTestSupport
import TestSupport
import Testing
import VoiceActivity

/// What full-precision models and calibration see is what the recogniser sees.
@Suite struct SpeechReaderTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func clip(_ samples: [Int16], rate: Int) throws -> AudioClip {
        func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let size = UInt32(2 * samples.count)
        var file = Array("RIFF".utf8) + bytes(size + 36) + Array("WAVEfmt ".utf8)
        file += bytes(UInt32(16)) + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(rate))
        file += bytes(UInt32(2 * rate)) + bytes(UInt16(2)) + bytes(UInt16(16))
        file += Array("data".utf8) + bytes(size)
        file.reserveCapacity(file.count + 2 * samples.count)
        for sample in samples { file += bytes(sample) }
        return try AudioClip(path: directory.write(file, to: "clip.wav"))
    }

    /// FNV-1a over whole values, as answers carry it.
    private func fingerprint(_ stretch: SpeechReader.Stretch) -> UInt64 {
        stretch.features.reduce(0xCBF2_9CE4_8422_2325) {
            ($0 ^ UInt64(UInt16(bitPattern: $1))) &* 0x0000_0100_0000_01B3
        }
    }

    private func heard(
        _ samples: [Int16],
        _ model: Model,
        rate: Int,
        gate: EnergyGateOptions?,
        after memory: inout VoiceMemory
    ) throws -> [UInt64] {
        var options = RecognizerOptions()
        options.gate = gate
        var recognizer = try Recognizer(
            model: model,
            format: AudioFormat(sampleRate: rate, channelCount: 1),
            options: options
        )
        recognizer.exchangeVoiceMemory(with: &memory)
        var events: [RecognitionEvent] = []
        var position = 0
        while position < samples.count {
            position += recognizer.process(samples.span.extracting(position..<samples.count))
            events += recognizer.events
        }
        recognizer.finish()
        events += recognizer.events
        recognizer.exchangeVoiceMemory(with: &memory)
        return events.compactMap {
            if case .utterance(_, let answer, _) = $0 { answer.fingerprint } else { nil }
        }
    }

    /// Recordings of a voice one after the other, heard by reader and recogniser; all must agree.
    ///
    /// - Returns: how many utterances each recording had.
    private func utteranceCounts(
        _ recordings: [[Int]],
        _ model: Model,
        gate: EnergyGateOptions?
    ) throws -> [Int] {
        let reader = try SpeechReader(model: LoadedModel(model, path: "sample"), gate: gate)
        var read = VoiceMemory(for: model.manifest)
        var heard = VoiceMemory(for: model.manifest)
        return try recordings.map { durations in
            let samples = bursts(durations)
            let clip = try clip(samples, rate: 16_000)
            let found = try reader.speech(of: clip, after: &read).utterances
            let expected = try self.heard(samples, model, rate: 16_000, gate: gate, after: &heard)
            #expect(found.map(fingerprint) == expected)
            return found.count
        }
    }

    @Test(arguments: [FrontEndOptions.Normalization.mean, .meanVariance])
    func aVoiceGoesOnAsInTheRecogniser(normalization: FrontEndOptions.Normalization) throws {
        let model = try SampleModel.remembering(180, normalization: normalization)
        let recordings = [[700, 100, 900], [500, 110, 900, 90, 900], [600, 130, 900]]
        let counts = try utteranceCounts(recordings, model, gate: EnergyGateOptions())
        #expect(counts.reduce(0, +) == 4)
    }

    @Test func withoutAGateAVoiceGoesOnAsInTheRecogniser() throws {
        let recordings = [[100, 400], [200, 300], [50, 450]]
        let model = try SampleModel.remembering(180)
        #expect(try utteranceCounts(recordings, model, gate: nil) == [1, 1, 1])
    }

    /// A device forgets a voice after 300 seconds without speech.
    @Test func aLongSilenceInARecordingForgetsTheVoice() throws {
        let model = try SampleModel.remembering(180)
        let reader = try SpeechReader(
            model: LoadedModel(model, path: "sample"),
            gate: EnergyGateOptions()
        )
        let silence = [Int16](repeating: 0, count: 8000 * 301)
        let burst = bursts([700, 100, 900], rate: 8000)
        let samples = burst + silence + burst
        var read = VoiceMemory(for: model.manifest)
        var heard = VoiceMemory(for: model.manifest)
        let clip = try clip(samples, rate: 8000)
        let found = try reader.speech(of: clip, after: &read).utterances
        let expected = try self.heard(
            samples,
            model,
            rate: 8000,
            gate: EnergyGateOptions(),
            after: &heard
        )
        #expect(found.count == 2)
        #expect(found.map(fingerprint) == expected)
        let remembered = read.frameCount
        #expect(remembered == found.last?.frameCount)
    }
}
