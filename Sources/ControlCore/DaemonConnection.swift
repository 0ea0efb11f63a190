import EventProtocol
import JSONText
import Varlink

/// A connection to a running daemon, with errors in words.
package struct DaemonConnection {
    private let client: VarlinkClient
    private let socket: String

    /// Connects.
    ///
    /// - Throws: that nobody answers, or that this user may not ask.
    package init(socket: String) throws(ControlError) {
        self.socket = socket
        do throws(VarlinkClientError) {
            client = try VarlinkClient(path: socket)
        } catch {
            throw ControlError(error, socket: socket)
        }
    }

    /// Calls a method that answers once.
    ///
    /// - Throws: whatever came in the place of an answer.
    func call(
        _ method: AffectInterface.Method,
        _ parameters: JSONObject = JSONObject(),
        timeoutMilliseconds: Int32 = 5000
    ) throws(ControlError) -> JSONObject {
        do throws(VarlinkClientError) {
            return try client.call(
                method.fullName,
                parameters: parameters,
                timeoutMilliseconds: timeoutMilliseconds
            )
        } catch {
            throw ControlError(error, socket: socket)
        }
    }

    /// Calls the handler with the state and then with every event, until the connection ends.
    ///
    /// - Parameters:
    ///   - firstReplyMilliseconds: how long to wait for the state; events may take any time.
    ///   - tickMilliseconds: calls `tick` whenever nothing came for so long; `nil` never does.
    /// - Throws: whatever ends it, and whatever the handlers throw.
    package func subscribe(
        firstReplyMilliseconds: Int32 = 5000,
        tickMilliseconds: Int32? = nil,
        tick: () throws(ControlError) -> Void = {},
        _ handler: (JSONObject) throws(ControlError) -> Void
    ) throws(ControlError) -> Never {
        do throws(VarlinkClientError) {
            try client.send(
                VarlinkCall(method: AffectInterface.Method.subscribe.fullName, more: true)
            )
        } catch {
            throw ControlError(error, socket: socket)
        }
        var timeout: Int32? = firstReplyMilliseconds
        var hasState = false
        while true {
            let reply: VarlinkReply
            do throws(VarlinkClientError) {
                reply = try client.nextReply(timeoutMilliseconds: timeout)
                timeout = tickMilliseconds
                hasState = true
            } catch .timeout where hasState {
                try tick()
                continue
            } catch {
                throw ControlError(error, socket: socket)
            }
            try handler(reply.parameters)
        }
    }
}
