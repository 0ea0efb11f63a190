/// Bounds on what clients can make a server hold.
public struct VarlinkLimits: Equatable, Sendable {
    /// Connections at a time.
    public var clients: Int
    /// Bytes of one request.
    public var requestBytes: Int
    /// Bytes that wait for one client to read them.
    public var queueBytes: Int
    /// How long a client that is told off may take to read the reason, in microseconds.
    public var farewellMicroseconds: UInt64
    /// How long a client that has not subscribed may stay without a request, in microseconds; 0 for
    /// ever.
    public var idleMicroseconds: UInt64

    /// Makes limits.
    public init(
        clients: Int = 128,
        requestBytes: Int = 16_384,
        queueBytes: Int = 65_536,
        farewellMicroseconds: UInt64 = 2_000_000,
        idleMicroseconds: UInt64 = 60_000_000
    ) {
        self.clients = clients
        self.requestBytes = requestBytes
        self.queueBytes = queueBytes
        self.farewellMicroseconds = farewellMicroseconds
        self.idleMicroseconds = idleMicroseconds
    }
}
