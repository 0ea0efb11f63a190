import SystemIntegration

/// Reads a WAV file, or raw samples from standard input, as interleaved Int16.
///
/// Everything is read in order, so pipes work. The whole file is never in memory.
public final class AudioFileReader {
    /// Rate and channels of the samples.
    public let format: StreamFormat
    /// Whether the file ended before the number of samples that its header promised.
    public private(set) var isTruncated = false

    private let stream: ByteStream
    private let encoding: SampleEncoding
    /// Bytes of samples that are still to come; `nil` until the end of the stream.
    private var remainingBytes: Int?

    /// Opens a WAV file.
    ///
    /// - Throws: `unreadable` when it cannot be opened or read, `notWAV` when it is something else,
    ///   `incompleteHeader` and `unsupported` when it is a WAV file that cannot be used.
    public convenience init(wavFile path: String) throws(AudioCaptureError) {
        let stream: ByteStream
        do throws(SystemIntegrationError) {
            stream = ByteStream(try FileDescriptor.open(forReading: path))
        } catch {
            throw .unreadable(error)
        }
        try self.init(wav: stream)
    }

    /// Reads standard input: a WAV stream if it begins like one, else raw S16_LE, 16 kHz, mono.
    ///
    /// - Throws: as `init(wavFile:)`, except `notWAV`.
    public convenience init(standardInput: ()) throws(AudioCaptureError) {
        let stream: ByteStream
        do throws(SystemIntegrationError) {
            stream = ByteStream(try FileDescriptor.standardInput())
        } catch {
            throw .unreadable(error)
        }
        if try stream.begins(with: "RIFF", at: 0), try stream.begins(with: "WAVE", at: 8) {
            try self.init(wav: stream)
        } else {
            self.init(raw: stream)
        }
    }

    init(raw stream: ByteStream) {
        self.stream = stream
        format = StreamFormat(sampleRate: 16_000, channelCount: 1)
        encoding = .signed16
    }

    init(wav stream: ByteStream) throws(AudioCaptureError) {
        let header = try WAVHeader(stream)
        self.stream = stream
        format = header.format
        encoding = header.encoding
        remainingBytes = header.dataByteCount
    }

    /// Reads as many whole frames as fit.
    ///
    /// - Returns: the number of samples written to the front of `samples`, a multiple of the channel
    ///   count; zero at the end of the file. An incomplete last frame is dropped.
    /// - Throws: `unreadable` when reading fails half-way.
    public func read(into samples: inout MutableSpan<Int16>) throws(AudioCaptureError) -> Int {
        let frameByteCount = encoding.byteCount * format.channelCount
        var wanted = samples.count / format.channelCount * frameByteCount
        precondition(wanted > 0, "room for at least one frame")
        if let remainingBytes {
            wanted = min(wanted, remainingBytes / frameByteCount * frameByteCount)
        }
        if wanted == 0 { return 0 }
        var available = min(wanted, try stream.fill(atLeast: frameByteCount))
        available -= available % frameByteCount
        if available == 0 {
            isTruncated = remainingBytes != nil
            remainingBytes = 0
            return 0
        }
        stream.decodeBuffered(available, as: encoding, into: &samples)
        if let remainingBytes { self.remainingBytes = remainingBytes - available }
        return available / encoding.byteCount
    }

    /// Reads everything that is left, at most `frameLimit` frames.
    ///
    /// - Throws: `unreadable`, and `unsupported` when the file is longer.
    public func readAll(frameLimit: Int) throws(AudioCaptureError) -> [Int16] {
        var all: [Int16] = []
        var chunk = [Int16](repeating: 0, count: 4096 * format.channelCount)
        while true {
            var span = chunk.mutableSpan
            let count = try read(into: &span)
            if count == 0 { return all }
            all.append(contentsOf: chunk[..<count])
            guard all.count <= frameLimit * format.channelCount else {
                throw .unsupported(
                    what: "length",
                    expected: "at most \(frameLimit) frames",
                    found: "more"
                )
            }
        }
    }
}
