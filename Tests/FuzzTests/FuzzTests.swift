import AudioCapture
import DaemonConfiguration
import Inference
import JSONText
import ModelFile
import ServiceTestSupport
import SystemIntegration
import TestSupport
import Testing
import Varlink

/// Everything that reads bytes from outside: an answer or an error, never a crash.
///
/// Two seconds each, or as many as `$AFFECT_FUZZ_SECONDS` says (`make fuzz`). The seed is fixed, or
/// `$AFFECT_FUZZ_SEED`; a crash is found again with the same seed and time.
@Suite struct FuzzTests {
    private static func number(_ variable: String, _ other: UInt64) -> UInt64 {
        Environment[variable].flatMap { UInt64($0) } ?? other
    }

    /// Feeds damaged inputs until the time is over.
    private func fuzz(
        _ name: String,
        seeds: [[UInt8]],
        tokens: [String],
        _ body: ([UInt8]) throws -> Void
    ) throws {
        var mutator = Mutator(seed: Self.number("AFFECT_FUZZ_SEED", 1))
        let seconds = Self.number("AFFECT_FUZZ_SECONDS", 2)
        let end = Clock.monotonicMicroseconds + seconds * 1_000_000
        var count = 0
        while Clock.monotonicMicroseconds < end {
            try body(mutator.input(from: seeds, tokens: tokens.map { Array($0.utf8) }))
            count += 1
        }
        print("figure: fuzz \(name): \(count) inputs in \(seconds) s")
        #expect(count > 10)
    }

    @Test func requests() throws {
        let seeds = [
            #"{"method":"org.affectd.SetMute","parameters":{"muted":true,"seconds":5}}"# + "\0",
            #"{"method":"org.affectd.Subscribe","more":true,"parameters":null}"# + "\n",
            #"{"method":"\ud83d\ude00","parameters":{"a":[1,-2.5e3,{"b":"\\\"\u0000"}]}}"# + "\0",
        ]
        try fuzz(
            "requests",
            seeds: seeds.map { Array($0.utf8) },
            tokens: ["{", "}", "[", "]", "\"", "\\", "\\u", "\0", "\n", "1e999", "null", ",", ":"]
        ) { bytes in
            var framer = MessageFramer(limit: 4096)
            var count = 0
            framer.append(bytes[...])
            while let frame = framer.next() {
                count += 1
                #expect(frame.bytes.count <= 4096)
                guard let value = try? JSONReader.read(frame.bytes) else { continue }
                // What was read is written in a form that reads the same.
                let again = try JSONReader.read(Array(value.text.utf8))
                #expect(again == value)
            }
            #expect(count <= bytes.count)
        }
    }

    @Test func configurations() throws {
        let sample = Configuration.sample.replacing("\n#", with: "\n")
        try fuzz(
            "configurations",
            seeds: [
                Array(Configuration.sample.utf8), Array(sample.utf8),
                Array("[socket]\nclients = 3\n[microphone]\ndevice = \"card:Mic\"\n".utf8),
            ],
            tokens: ["[", "]", "[[", "=", "\"\"\"", "'''", "\\u0000", "inf", ".", "\r", "#", "{"]
        ) { bytes in
            var configuration = Configuration()
            guard (try? configuration.read(bytes, file: "f")) != nil else { return }
            var again = Configuration()
            try again.read(Array(configuration.text.utf8), file: "g")
            #expect(again.differences(from: configuration) == [])
        }
    }

    @Test func waves() throws {
        let directory = try TemporaryDirectory()
        let header: [UInt8] =
            Array("RIFF".utf8) + [36, 1, 0, 0] + Array("WAVEfmt ".utf8)
            + [16, 0, 0, 0, 1, 0, 2, 0, 0x80, 0x3E, 0, 0, 0, 0xFA, 0, 0, 4, 0, 16, 0]
            + Array("data".utf8) + [0, 1, 0, 0]
        let samples = (0..<256).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        try fuzz(
            "WAV files",
            seeds: [header + samples],
            tokens: ["RIFF", "WAVE", "fmt ", "data", "LIST", "fact"]
        ) { bytes in
            let path = try directory.write(bytes, to: "f.wav")
            guard let reader = try? AudioFileReader(wavFile: path) else { return }
            // No header makes more samples than there are bytes.
            let read = try? reader.readAll(frameLimit: 1 << 20)
            #expect((read?.count ?? 0) <= bytes.count)
        }
    }

    @Test func models() throws {
        let seed = try SampleModel.int8().bytes
        try fuzz(
            "models",
            seeds: [seed, SampleModel.speech(isSpeech: true).bytes],
            tokens: ["{", "}", "\"", "affect", "data_offsets", "[0,0]", "I8", "-1", "1e9"]
        ) { bytes in
            guard let model = try? Model(reading: bytes) else { return }
            // Validation is total: what reads, runs.
            let network = try Network(preparing: model)
            var workspace = Workspace(for: network)
            let features = [Int16](
                repeating: 12_345,
                count: network.maximumFrames * network.channelCount
            )
            network.run(
                features: features.span,
                frameCount: network.maximumFrames,
                workspace: &workspace
            )
        }
    }
}
