import SystemIntegration

/// A descriptor read in order through one buffer of fixed size.
final class ByteStream {
    /// Bytes that the buffer holds at most.
    static let capacity = 65_536

    private let descriptor: FileDescriptor
    private var buffer = [UInt8](repeating: 0, count: capacity)
    private var start = 0
    private var end = 0

    init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Reads until the buffer holds at least `count` bytes or the stream ends.
    ///
    /// - Returns: how many bytes the buffer holds.
    func fill(atLeast count: Int) throws(AudioCaptureError) -> Int {
        precondition(count <= Self.capacity)
        if end - start < count && start > 0 {
            buffer.replaceSubrange(0..<(end - start), with: buffer[start..<end])
            end -= start
            start = 0
        }
        while end - start < count {
            do throws(SystemIntegrationError) {
                let read = try descriptor.readWaiting(into: &buffer, from: end)
                if read == 0 { return end - start }
                end += read
            } catch {
                throw .unreadable(error)
            }
        }
        return end - start
    }

    /// Takes bytes that are in the buffer and decodes them.
    func decodeBuffered(
        _ count: Int,
        as encoding: SampleEncoding,
        into samples: inout MutableSpan<Int16>
    ) {
        encoding.decode(buffer.span.extracting(start..<(start + count)), into: &samples)
        skipBuffered(count)
    }

    /// Drops bytes that are in the buffer.
    func skipBuffered(_ count: Int) {
        precondition(count <= end - start)
        start += count
    }

    /// Drops bytes that may not have been read yet; stops at the end of the stream.
    func skip(_ count: Int) throws(AudioCaptureError) {
        var left = count
        while left > 0 {
            let available = min(left, try fill(atLeast: min(left, Self.capacity)))
            if available == 0 { return }
            skipBuffered(available)
            left -= available
        }
    }

    /// Takes exactly `count` bytes.
    ///
    /// - Throws: `incompleteHeader` with `what` when the stream ends first.
    func take(_ count: Int, for what: String) throws(AudioCaptureError) -> [UInt8] {
        guard try fill(atLeast: count) >= count else { throw .incompleteHeader(missing: what) }
        defer { skipBuffered(count) }
        return Array(buffer[start..<(start + count)])
    }

    /// Whether these characters stand at this place behind the current one; nothing is taken.
    func begins(with text: StaticString, at offset: Int) throws(AudioCaptureError) -> Bool {
        let expected = Array("\(text)".utf8)
        guard try fill(atLeast: offset + expected.count) >= offset + expected.count else {
            return false
        }
        return buffer[(start + offset)...].starts(with: expected)
    }
}
