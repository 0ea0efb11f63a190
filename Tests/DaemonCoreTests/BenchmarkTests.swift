import DaemonConfiguration
import DaemonCore
import Glibc
import JSONText
import ModelFile
import ServiceTestSupport
import TestSupport
import Testing

@Suite struct BenchmarkTests {
    private let extent = Benchmark.Extent(rounds: 1, silenceSeconds: 1, speechSeconds: 1)

    private func report(
        isSpeech: Bool? = nil,
        input: String? = nil,
        in directory: TemporaryDirectory
    ) throws -> BenchmarkReport {
        var configuration = Configuration()
        let model = try directory.write(SampleModel.int8().bytes, to: "model.affect")
        try configuration.set(.emotionModel, to: model, from: "test")
        if let isSpeech {
            let bytes = try SampleModel.speech(isSpeech: isSpeech).bytes
            let speechModel = try directory.write(bytes, to: "speech.affect")
            try configuration.set(.speechModel, to: speechModel, from: "test")
        }
        return try Benchmark(
            models: ModelSet(configuration),
            options: .init(configuration),
            input: input,
            extent: extent
        ).run()
    }

    /// A WAV file of Int16.
    private func wav(_ samples: [Int16], rate: UInt32) -> [UInt8] {
        func bytes(_ value: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let data = samples.flatMap { bytes(UInt32(UInt16(bitPattern: $0)))[..<2] }
        let format = bytes(16) + [1, 0, 1, 0] + bytes(rate) + bytes(2 * rate) + [2, 0, 16, 0]
        let body = Array("WAVEfmt ".utf8) + format + Array("data".utf8)
        return Array("RIFF".utf8) + bytes(UInt32(body.count + 4 + data.count)) + body
            + bytes(UInt32(data.count)) + data
    }

    @Test func measuresEveryFormatInOneLineOfJSON() throws {
        let line = try report(in: TemporaryDirectory()).jsonLine
        #expect(line.last == "\n" && line.dropLast().contains("\n") == false)
        let root = JSONCursor(try JSONReader.read(line))
        #expect(try root.member("model").member("name").string() == "sample")
        #expect(try root.member("speechModel").value == .null)
        let formats = try root.member("formats").elements(count: 1...9)
        #expect(try formats.map { try $0.member("rate").integer(0...Int.max) } == [16_000, 48_000])
        #expect(try formats.map { try $0.member("channels").integer(0...Int.max) } == [1, 2])
        #expect(try formats.map { try $0.member("encoding").string() } == ["S16_LE", "S32_LE"])
        for format in formats {
            for member in ["silence", "speech", "frontEnd"] {
                let name = "\(member)MicrosecondsPerSecond"
                #expect(try format.member(name).integer(0...Int.max) > 0, "\(name)")
            }
            #expect(try format.member("utteranceEndMicroseconds").integer(0...Int.max) > 0)
        }
        // A hop of the sample model is 10 frames of 128 samples.
        #expect(try root.member("windowEveryMilliseconds").integer(0...Int.max) == 80)
        #expect(try root.member("proportionalKilobytes").integer(0...Int.max) > 0)
    }

    /// Rounds may hear utterances of different lengths, which cost differently.
    @Test func theEndThatIsReportedIsOneOfThoseMeasured() {
        let ends = [(300, 7), (100, 9), (200, 8)].map {
            BenchmarkEnd(nanoseconds: $0, utteranceMicroseconds: $1)
        }
        let expected = BenchmarkEnd(nanoseconds: 200, utteranceMicroseconds: 8)
        #expect(BenchmarkEnd.median(of: ends) == expected)
    }

    @Test func theTableFitsATerminalAndEndsWithALineToPaste() throws {
        let lines = try report(isSpeech: true, in: TemporaryDirectory()).text
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.dropLast(2).allSatisfy { $0.count <= 90 })
        #expect(lines[lines.count - 2].hasPrefix("affectd "))
        #expect(lines[lines.count - 3] == "To report, paste this line:")
        #expect(lines.contains("speech model  sample release 1"))
    }

    @Test func aSoundWithoutSpeechIsNoMeasurement() throws {
        #expect(throws: DaemonError.noSpeech(sound: "a made voice")) {
            try report(isSpeech: false, in: TemporaryDirectory())
        }
    }

    @Test func aRecordingTakesThePlaceOfTheVoice() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            wav(bursts([600, 700, 600]), rate: 16_000),
            to: "speech.wav"
        )
        #expect(try report(input: path, in: directory).text.contains("sound         \(path)\n"))
    }

    @Test func aRecordingOfAnotherRateIsRefused() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(wav(bursts([600, 700]), rate: 8000), to: "speech.wav")
        #expect {
            try report(input: path, in: directory)
        } throws: { error in
            "\(error)".contains("expected 16000 Hz and one channel")
                && (error as? DaemonError)?.exitCode == .inputUnreadable
        }
    }

    /// The table against its definition; Peterson and Barney's formants.
    @Test func theVowelsAreThoseOfTheirFormants() {
        let formants: [[Double]] = [
            [730, 1090, 2440], [270, 2290, 3010], [530, 1840, 2480], [570, 840, 2410],
            [300, 870, 2240],
        ]
        let radius = exp(-Double.pi * 90 / 16_000)
        let resonances = formants.map { vowel in
            vowel.map { Int((2 * radius * cos(2 * .pi * $0 / 16_000) * 16_384).rounded()) }
        }
        #expect(BenchmarkSound.vowels == resonances)
        #expect(BenchmarkSound.decay == Int((radius * radius * 16_384).rounded()))
    }

    @Test func theVoiceNeverSaturatesAndTheRoomIsQuiet() {
        let voice = BenchmarkSound.voice(seconds: 4)
        #expect(voice.count == 64_000)
        // From a hundredth to a half of full scale.
        let peak = voice.map { abs(Int($0)) }.max() ?? 0
        #expect((328...16_384).contains(peak))
        #expect(BenchmarkSound.room(seconds: 1).allSatisfy { (-4...4).contains($0) })
    }
}
