import AudioCapture
import Glibc
import ServiceTestSupport
import SystemIntegration
import Testing

@Suite struct SampleDecodingTests {
    private func decode(_ encoding: SampleEncoding, _ bytes: [UInt8]) -> [Int16] {
        var samples = [Int16](repeating: 77, count: bytes.count / encoding.byteCount + 1)
        var span = samples.mutableSpan
        encoding.decode(bytes.span, into: &span)
        #expect(samples.last == 77, "wrote behind the last sample")
        return samples.dropLast()
    }

    private func bytes(_ word: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }

    // Expected values: by hand from round-half-up and saturation.
    @Test func roundsAndSaturates() {
        #expect(decode(.unsigned8, [0, 128, 255]) == [-32768, 0, 32512])
        #expect(decode(.signed16, [0x34, 0x12, 0x00, 0x80]) == [0x1234, -32768])
        #expect(
            decode(.signed24, [0x7F, 0, 0, 0x80, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
                == [0, 1, 0, 32767]
        )
        #expect(decode(.signed24In32, [0x80, 0x00, 0x01, 0xFF]) == [257])
        #expect(
            decode(.signed32, [0xFF, 0x7F, 0, 0, 0, 0x80, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F])
                == [0, 1, 32767]
        )
    }

    /// Many samples are decoded by other instructions than one.
    @Test(arguments: SampleEncoding.allCases)
    func decodesManySamplesLikeEachAlone(_ encoding: SampleEncoding) {
        var generator = SystemRandomNumberGenerator()
        for count in 0..<70 {
            let stored = (0..<count * encoding.byteCount).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let alone = (0..<count).flatMap { index in
                let start = index * encoding.byteCount
                return decode(encoding, Array(stored[start..<start + encoding.byteCount]))
            }
            #expect(decode(encoding, stored) == alone, "\(stored)")
        }
    }

    /// Every Int16 survives in every wider encoding.
    @Test func keepsEveryInt16() {
        for value in Int32(Int16.min)...Int32(Int16.max) {
            let expected = [Int16(value)]
            let wide = UInt32(bitPattern: value << 16)
            guard decode(.signed32, bytes(wide, 4)) == expected,
                decode(.signed24, bytes(wide >> 8, 3)) == expected,
                decode(.signed24In32, bytes(wide >> 8, 4)) == expected,
                decode(.float32, bytes((Float(value) / 32768).bitPattern, 4)) == expected
            else {
                Issue.record("\(value) is changed")
                return
            }
        }
    }

    /// Against double precision, over a sweep of the bit patterns of single precision.
    @Test func agreesWithDoublePrecisionOnFloats() {
        for pattern in stride(from: UInt32(0), through: UInt32.max - 65_521, by: 65_521) {
            let value = Float(bitPattern: pattern)
            let expected: Int16 =
                value.isNaN
                ? 0
                : Int16(max(-32768, min(32767, (Double(value) * 32768 + 0.5).rounded(.down))))
            guard decode(.float32, bytes(pattern, 4)) == [expected] else {
                Issue.record("\(value) becomes \(decode(.float32, bytes(pattern, 4)))")
                return
            }
        }
    }
}

/// A WAV file in pieces.
private struct WAV {
    var riff = "RIFF"
    var riffLength: UInt32 = 0xFFFF_FFFF
    var tag: UInt16 = 1
    var channels: UInt16 = 1
    var rate: UInt32 = 16_000
    var bits: UInt16 = 16
    var extensible = false
    var before: [UInt8] = []
    var dataLength: UInt32?
    var data: [UInt8] = []
    var after: [UInt8] = []

    var bytes: [UInt8] {
        var format =
            word(extensible ? 0xFFFE : UInt32(tag), 2) + word(UInt32(channels), 2)
            + word(rate, 4) + word(rate * UInt32(channels * bits / 8), 4)
            + word(UInt32(channels * bits / 8), 2) + word(UInt32(bits), 2)
        if extensible {
            format += word(22, 2) + word(UInt32(bits), 2) + word(0, 4) + word(UInt32(tag), 2)
            format += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        return Array(riff.utf8) + word(riffLength, 4) + Array("WAVE".utf8) + before
            + Array("fmt ".utf8) + word(UInt32(format.count), 4) + format
            + Array("data".utf8) + word(dataLength ?? UInt32(data.count), 4) + data + after
    }

    private func word(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

/// Bytes in a temporary file that is gone after the body.
private func withFile<Result>(
    _ bytes: [UInt8],
    _ body: (String) throws -> Result
) throws -> Result {
    let directory = try TemporaryDirectory()
    return try body(try directory.write(bytes, to: "file.wav"))
}

@Suite struct AudioFileReaderTests {
    private func read(_ bytes: [UInt8]) throws -> (AudioFileReader, [Int16]) {
        try withFile(bytes) { path in
            let reader = try AudioFileReader(wavFile: path)
            return (reader, try reader.readAll(frameLimit: 1_000_000))
        }
    }

    @Test func readsFormatAndSamples() throws {
        let wav = WAV(channels: 2, rate: 44_100, data: [1, 0, 2, 0, 3, 0, 4, 0])
        let (reader, samples) = try read(wav.bytes)
        #expect(reader.format == StreamFormat(sampleRate: 44_100, channelCount: 2))
        #expect(samples == [1, 2, 3, 4])
        #expect(!reader.isTruncated)
    }

    @Test func readsTheExtensibleFormat() throws {
        let wav = WAV(tag: 3, bits: 32, extensible: true, data: [0, 0, 0, 0x3F])
        #expect(try read(wav.bytes).1 == [16384])
    }

    @Test func skipsOtherChunksWithTheirPadding() throws {
        let list = Array("LIST".utf8) + [3, 0, 0, 0] + [9, 9, 9, 0]
        let wav = WAV(before: list, data: [5, 0], after: list)
        #expect(try read(wav.bytes).1 == [5])
    }

    @Test(arguments: [UInt32(0), 0xFFFF_FFFF, 0x7FFF_F000])
    func readsToTheEndWhenTheLengthIsUnknown(length: UInt32) throws {
        let (reader, samples) = try read(WAV(dataLength: length, data: [5, 0, 6, 0]).bytes)
        #expect(samples == [5, 6])
        #expect(!reader.isTruncated)
    }

    @Test func believesAnEmptyFileThatHasMoreChunks() throws {
        let list = Array("LIST".utf8) + [2, 0, 0, 0, 9, 9]
        let wav = WAV(riffLength: 46, data: [], after: list)
        #expect(try read(wav.bytes).1.isEmpty)
    }

    @Test func saysWhenSamplesAreMissing() throws {
        let (reader, samples) = try read(WAV(dataLength: 100, data: [5, 0, 6]).bytes)
        #expect(samples == [5])
        #expect(reader.isTruncated)
    }

    @Test func readsTheSameInChunksOfAnySize() throws {
        let data = (0..<120_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }
        try withFile(WAV(channels: 3, bits: 24, data: data).bytes) { path in
            let expected = try AudioFileReader(wavFile: path).readAll(frameLimit: 1_000_000)
            #expect(expected.count == 39_999)
            for size in [3, 7, 3000, 131_072] {
                let reader = try AudioFileReader(wavFile: path)
                var samples: [Int16] = []
                var chunk = [Int16](repeating: 0, count: size)
                while true {
                    var span = chunk.mutableSpan
                    let count = try reader.read(into: &span)
                    if count == 0 { break }
                    samples += chunk[..<count]
                }
                #expect(samples == expected, "chunks of \(size)")
            }
        }
    }

    @Test func readsStandardInputThatDoesNotWait() throws {
        let pipe = try Pipe()
        try pipe.reader.setNonBlocking()
        let before = try FileDescriptor.standardInput()
        try systemCall("dup2") { dup2(pipe.reader.rawValue, STDIN_FILENO) }
        defer { _ = dup2(before.rawValue, STDIN_FILENO) }
        let writer = pipe.writer.rawValue
        // More than any pipe holds, so that both ends meet a pipe that is not ready.
        let thread = BackgroundThread {
            try? FileDescriptor.writeAll(String(repeating: "x", count: 2_000_000), to: writer)
            endStream(writer)
        }
        defer { thread.join() }
        let reader = try AudioFileReader(standardInput: ())
        let samples = try reader.readAll(frameLimit: 1_000_001)
        #expect(samples.count == 1_000_000)
    }

    @Test(arguments: [
        (Array("fLaC1234abcd".utf8), "FLAC"),
        ([], "an empty file"),
        ([0xFF, 0xFB, 0x90, 0x00, 0x01], "the bytes ff fb 90 00"),
        ([0x41], "the bytes 41"),
    ])
    func saysWhatAFileIsThatIsNoWAV(bytes: [UInt8], found: String) throws {
        #expect(throws: AudioCaptureError.notWAV(found: found)) { try read(bytes) }
    }

    @Test func saysWhatIsNotSupported() throws {
        #expect(
            throws: AudioCaptureError.unsupported(
                what: "sample rate",
                expected: "8000 to 192000 Hz",
                found: "4000"
            )
        ) { try read(WAV(rate: 4000, data: [0, 0]).bytes) }
        #expect(
            throws: AudioCaptureError.unsupported(
                what: "channels",
                expected: "1 to 8",
                found: "9"
            )
        ) { try read(WAV(channels: 9, data: [0, 0]).bytes) }
        #expect(
            throws: AudioCaptureError.unsupported(
                what: "encoding",
                expected: "PCM with 8, 16, 24 or 32 bits or float with 32 bits",
                found: "format tag 85 with 16 bits"
            )
        ) { try read(WAV(tag: 85, data: [0, 0]).bytes) }
    }

    @Test func saysThatAFileIsNotThere() throws {
        #expect(
            throws: AudioCaptureError.unreadable(
                .call(name: "open", subject: "/nowhere/x.wav", errorNumber: ENOENT)
            )
        ) { try AudioFileReader(wavFile: "/nowhere/x.wav") }
    }

    /// Every length of the header, then random damage: an answer or an error, never a crash.
    @Test func survivesTruncationAndDamage() throws {
        let good = WAV(extensible: true, data: [UInt8](repeating: 1, count: 64)).bytes
        for length in 0..<good.count { _ = try? read(Array(good[..<length])) }
        var generator = SystemRandomNumberGenerator.seeded(20_261_121)
        for _ in 0..<2000 {
            var damaged = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(
                    in: 0...255,
                    using: &generator
                )
            }
            _ = try? read(damaged)
        }
    }
}

/// Numbers that are the same in every run (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension SystemRandomNumberGenerator {
    fileprivate static func seeded(_ seed: UInt64) -> SeededGenerator {
        SeededGenerator(state: seed)
    }
}
