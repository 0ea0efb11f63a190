import JSONText
import SystemIntegration

/// Serves varlink on a listening Unix stream socket, within limits, on an event loop.
public final class VarlinkServer {
    /// Where all connections read; its content is only valid within one read.
    var receiveBuffer = [UInt8](repeating: 0, count: 4096)

    /// What the server has seen since it began.
    public internal(set) var counts = VarlinkCounts()

    private let listener: FileDescriptor
    /// What clients are held to: queues at once, idle clients from their next request on, and the number of
    /// clients and the length of a request from the next connection on.
    public var limits: VarlinkLimits
    private let loop: EventLoop
    private unowned let service: any VarlinkService
    private var source: EventSource?
    private var pauseTimer: EventSource?
    private var connections: [ObjectIdentifier: VarlinkConnection] = [:]

    /// How long to wait when the process has no descriptor left for one more client.
    private static let pauseMicroseconds: UInt64 = 1_000_000

    /// Serves from now on; the service must outlive the server.
    ///
    /// - Throws: `SystemIntegrationError.call` when the loop cannot take the socket.
    public init(
        listener: consuming FileDescriptor,
        service: any VarlinkService,
        on loop: EventLoop,
        limits: VarlinkLimits = VarlinkLimits()
    ) throws(SystemIntegrationError) {
        self.listener = listener
        self.service = service
        self.limits = limits
        self.loop = loop
        source = try loop.watch(descriptor: self.listener.rawValue, for: .readable) {
            [weak self] _ in self?.acceptAll()
        }
        pauseTimer = try loop.timer { [weak self] in self?.source?.resume() }
    }

    /// How many clients are connected.
    public var clientCount: Int { connections.count }

    /// Whether somebody is subscribed, so that publishing is worth the work.
    public var hasSubscribers: Bool { connections.values.contains { $0.isSubscribed } }

    /// Sends a message to every subscriber; those that do not keep up are dropped.
    public func publish(_ message: JSONObject) {
        let subscribers = connections.values.filter(\.isSubscribed)
        guard !subscribers.isEmpty else { return }
        let bytes = VarlinkReply(parameters: message, continues: true).bytes
        for subscriber in subscribers { subscriber.send(bytes) }
    }

    /// Answers one call, by the service or for it.
    func answer(_ call: VarlinkCall, from peer: PeerCredentials?) -> VarlinkAnswer {
        counts.requests += 1
        // The method's own name is behind the last dot.
        let interface = call.method.lastIndex(of: ".").map { String(call.method[..<$0]) } ?? ""
        if interface == IntrospectionInterface.name {
            return IntrospectionInterface.answer(call, for: service)
        }
        guard service.interfaces.contains(where: { $0.name == interface }) else {
            return .failure(.interfaceNotFound(interface))
        }
        return service.answer(call, from: peer)
    }

    /// Counts a client that did not read, and tells the service.
    func clientWasTooSlow(_ peer: PeerCredentials?) {
        counts.tooSlow += 1
        service.clientWasTooSlow(peer, limitBytes: limits.queueBytes)
    }

    func remove(_ connection: VarlinkConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    private func acceptAll() {
        do throws(SystemIntegrationError) {
            while let descriptor = try UnixSocket.accept(from: listener) {
                let connection = try VarlinkConnection(descriptor, server: self, loop: loop)
                let isFull = clientCount >= limits.clients
                counts.connections += 1
                connections[ObjectIdentifier(connection)] = connection
                if isFull {
                    counts.refused += 1
                    connection.dismiss(
                        VarlinkError(
                            name: "org.affectd.TooManyClients",
                            parameters: JSONObject([("limit", .integer(limits.clients))])
                        )
                    )
                }
            }
        } catch {
            // No descriptor or memory left: the client stays in the kernel's queue meanwhile.
            source?.disarm()
            pauseTimer?.arm(afterMicroseconds: Self.pauseMicroseconds)
        }
    }
}
