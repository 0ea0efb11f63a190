/// What a server has seen since it began.
public struct VarlinkCounts: Equatable, Sendable {
    /// Connections that were taken.
    public var connections = 0
    /// Requests that were answered, errors included.
    public var requests = 0
    /// Connections beyond the limit.
    public var refused = 0
    /// Clients that did not read.
    public var tooSlow = 0
    /// Clients that stayed silent.
    public var idle = 0
    /// Clients whose request was no request, or too long.
    public var malformed = 0

    /// Makes counts of a server that has seen nothing.
    public init() {}
}
