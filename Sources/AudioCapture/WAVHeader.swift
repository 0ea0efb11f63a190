/// The header of a RIFF/WAVE file, up to its first sample.
///
/// - Source: "Multimedia Programming Interface and Data Specifications 1.0" (1991) and Microsoft's
///   `WAVEFORMATEXTENSIBLE`. Unknown chunks are skipped.
struct WAVHeader {
    /// Rate and channels.
    let format: StreamFormat
    /// How a sample is stored.
    let encoding: SampleEncoding
    /// Bytes of samples; `nil` when the writer did not know, as in a pipe: then up to the end.
    let dataByteCount: Int?

    private struct Chunk {
        let name: [UInt8]
        let byteCount: Int
    }

    /// Reads up to the first sample.
    init(_ stream: ByteStream) throws(AudioCaptureError) {
        guard try stream.fill(atLeast: 12) >= 1 else { throw .notWAV(found: "an empty file") }
        guard try stream.begins(with: "RIFF", at: 0), try stream.begins(with: "WAVE", at: 8) else {
            throw .notWAV(found: try Self.describe(stream))
        }
        let riff = try stream.take(12, for: "the first chunk")
        let riffByteCount = Self.integer(riff[4..<8])
        var consumed = 4
        var description: (StreamFormat, SampleEncoding)?
        while true {
            let chunk = try Self.chunk(stream, description == nil ? "the format" : "the samples")
            consumed += 8
            if chunk.name == Array("data".utf8) {
                guard let (format, encoding) = description else {
                    throw .unsupported(
                        what: "chunk order",
                        expected: "\"fmt \" before \"data\"",
                        found: "\"data\" first"
                    )
                }
                self.format = format
                self.encoding = encoding
                dataByteCount =
                    Self.isUnknown(chunk.byteCount, riffByteCount, consumed)
                    ? nil : chunk.byteCount
                return
            }
            if chunk.name == Array("fmt ".utf8) {
                guard (16...64).contains(chunk.byteCount) else {
                    throw .unsupported(
                        what: "format chunk",
                        expected: "16 to 64 bytes",
                        found: "\(chunk.byteCount)"
                    )
                }
                description = try Self.formatChunk(stream.take(chunk.byteCount, for: "the format"))
                try stream.skip(chunk.byteCount % 2)
            } else {
                // Chunks are padded to even lengths.
                try stream.skip(chunk.byteCount + chunk.byteCount % 2)
            }
            consumed += chunk.byteCount + chunk.byteCount % 2
        }
    }

    /// Writers into a pipe leave 0 or something close to the limit of the 32-bit field.
    ///
    /// A length of 0 is believed when the RIFF length says that more chunks follow.
    private static func isUnknown(_ data: Int, _ riff: Int, _ consumed: Int) -> Bool {
        data >= 0x7FFF_0000 || data == 0 && (riff <= consumed || riff == 0xFFFF_FFFF)
    }

    private static func chunk(
        _ stream: ByteStream,
        _ missing: String
    ) throws(AudioCaptureError) -> Chunk {
        let bytes = try stream.take(8, for: missing)
        return Chunk(name: Array(bytes[..<4]), byteCount: integer(bytes[4...]))
    }

    private static func formatChunk(
        _ bytes: [UInt8]
    ) throws(AudioCaptureError) -> (StreamFormat, SampleEncoding) {
        let channelCount = integer(bytes[2..<4])
        let sampleRate = integer(bytes[4..<8])
        let blockByteCount = integer(bytes[12..<14])
        let bitCount = integer(bytes[14..<16])
        var tag = integer(bytes[0..<2])
        if tag == 0xFFFE {
            guard bytes.count >= 40 else {
                throw .unsupported(
                    what: "extensible format",
                    expected: "40 bytes",
                    found: "\(bytes.count)"
                )
            }
            // The first two bytes of the sub-format's GUID are the format tag.
            tag = integer(bytes[24..<26])
        }
        let encoding: SampleEncoding
        switch (tag, bitCount) {
        case (1, 8): encoding = .unsigned8
        case (1, 16): encoding = .signed16
        case (1, 24): encoding = .signed24
        case (1, 32): encoding = .signed32
        case (3, 32): encoding = .float32
        default:
            throw .unsupported(
                what: "encoding",
                expected: "PCM with 8, 16, 24 or 32 bits or float with 32 bits",
                found: "format tag \(tag) with \(bitCount) bits"
            )
        }
        guard StreamFormat.sampleRates.contains(sampleRate) else {
            throw .unsupported(
                what: "sample rate",
                expected: "8000 to 192000 Hz",
                found: "\(sampleRate)"
            )
        }
        guard StreamFormat.channelCounts.contains(channelCount) else {
            throw .unsupported(what: "channels", expected: "1 to 8", found: "\(channelCount)")
        }
        guard blockByteCount == channelCount * encoding.byteCount else {
            throw .unsupported(
                what: "frame size",
                expected: "\(channelCount * encoding.byteCount) bytes",
                found: "\(blockByteCount)"
            )
        }
        return (StreamFormat(sampleRate: sampleRate, channelCount: channelCount), encoding)
    }

    /// Two or four bytes, little-endian, unsigned.
    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// What a file that is no WAV begins with, in words.
    private static func describe(_ stream: ByteStream) throws(AudioCaptureError) -> String {
        for (name, magic) in [
            ("FLAC", "fLaC"), ("Ogg", "OggS"), ("MP3", "ID3"), ("RF64", "RF64"), ("AIFF", "FORM"),
        ] as [(String, StaticString)] where try stream.begins(with: magic, at: 0) {
            return name
        }
        let bytes = try stream.take(min(4, stream.fill(atLeast: 1)), for: "its name")
        let digits = Array("0123456789abcdef")
        return "the bytes "
            + bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
    }
}
