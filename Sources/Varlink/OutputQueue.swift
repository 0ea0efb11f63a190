/// Messages that wait to be sent, the first perhaps in part.
struct OutputQueue {
    private var messages: [[UInt8]] = []
    private var sentOfFirst = 0
    /// Bytes that wait.
    private(set) var byteCount = 0

    /// Whether nothing waits.
    var isEmpty: Bool { messages.isEmpty }

    /// Adds a message at the end.
    mutating func append(_ message: [UInt8]) {
        messages.append(message)
        byteCount += message.count
    }

    /// Forgets the messages of which nothing was sent yet.
    mutating func dropUnsent() {
        messages.removeSubrange((sentOfFirst > 0 ? 1 : 0)..<messages.count)
        byteCount = messages.first.map { $0.count - sentOfFirst } ?? 0
    }

    /// Hands out bytes until the sender takes no more.
    ///
    /// - Parameter send: how many of the bytes were taken, `nil` when none can be taken now.
    mutating func drain<Failure: Error>(
        _ send: (Span<UInt8>) throws(Failure) -> Int?
    ) throws(Failure) {
        while let first = messages.first {
            guard let sent = try send(first.span.extracting(sentOfFirst...)) else { return }
            byteCount -= sent
            sentOfFirst += sent
            if sentOfFirst == first.count {
                messages.removeFirst()
                sentOfFirst = 0
            }
        }
    }
}
