import Glibc
import JSONText
import SystemIntegration

/// A connection to a varlink service that waits for its answers: for command-line tools.
public final class VarlinkClient {
    /// Bytes of one answer at most.
    public static let answerLimit = 1 << 20

    private let descriptor: FileDescriptor
    private var framer = MessageFramer(limit: answerLimit)
    private var buffer = [UInt8](repeating: 0, count: 16_384)

    /// Connects.
    ///
    /// - Throws: `system` when nobody listens or access is denied.
    public init(path: String) throws(VarlinkClientError) {
        do throws(SystemIntegrationError) {
            descriptor = try UnixSocket.connect(to: path)
        } catch {
            throw .system(error)
        }
    }

    /// Sends a request; answers come by `nextReply(timeoutMilliseconds:)`.
    ///
    /// A service that is gone is no error here: it may have said why, and that is the next reply.
    ///
    /// - Throws: `system` when sending fails.
    public func send(_ call: VarlinkCall) throws(VarlinkClientError) {
        do throws(SystemIntegrationError) {
            try descriptor.sendAll(call.json.bytes + [0])
        } catch .call(_, _, EPIPE), .call(_, _, ECONNRESET) {
            return
        } catch {
            throw .system(error)
        }
    }

    /// Sends a request and waits for its one answer.
    ///
    /// - Throws: as `send(_:)` and `nextReply(timeoutMilliseconds:)`.
    public func call(
        _ method: String,
        parameters: JSONObject = JSONObject(),
        timeoutMilliseconds: Int32 = 5000
    ) throws(VarlinkClientError) -> JSONObject {
        try send(VarlinkCall(method: method, parameters: parameters))
        return try nextReply(timeoutMilliseconds: timeoutMilliseconds).parameters
    }

    /// Waits for one answer, for ever when there is no timeout.
    ///
    /// - Throws: `service` for an error of the service, `timeout`, `closed`, `malformed`, `tooLarge`,
    ///   `system`.
    public func nextReply(
        timeoutMilliseconds: Int32? = nil
    ) throws(VarlinkClientError) -> VarlinkReply {
        while true {
            if let frame = framer.next() { return try Self.reply(frame) }
            if framer.isOverLimit { throw .tooLarge }
            switch try read(timeoutMilliseconds) {
            case .bytes(let count): framer.append(buffer[..<count])
            case .end: throw .closed
            case .wouldBlock: throw .timeout
            }
        }
    }

    /// Waits for bytes; `wouldBlock` when none came in time.
    private func read(_ timeoutMilliseconds: Int32?) throws(VarlinkClientError) -> ReadResult {
        do throws(SystemIntegrationError) {
            let milliseconds = timeoutMilliseconds ?? -1
            guard try descriptor.waitUntilReadable(timeoutMilliseconds: milliseconds) else {
                return .wouldBlock
            }
            return try descriptor.read(into: &buffer)
        } catch .call(_, _, ECONNRESET) {
            return .end
        } catch {
            throw .system(error)
        }
    }

    private static func reply(
        _ frame: MessageFramer.Frame
    ) throws(VarlinkClientError) -> VarlinkReply {
        let result: Result<VarlinkReply, VarlinkError>
        do throws(JSONError) {
            result = try VarlinkReply.read(frame.bytes)
        } catch {
            throw .malformed(error)
        }
        switch result {
        case .success(let reply): return reply
        case .failure(let error): throw .service(error)
        }
    }
}
