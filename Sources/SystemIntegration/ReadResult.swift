/// What one read from a descriptor brought.
public enum ReadResult: Equatable, Sendable {
    /// This many bytes, at least one.
    case bytes(Int)
    /// The stream is over.
    case end
    /// Nothing yet.
    case wouldBlock
}
