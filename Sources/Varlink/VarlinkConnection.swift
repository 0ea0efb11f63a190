import JSONText
import SystemIntegration

/// One client of a server.
final class VarlinkConnection {
    /// Gets everything that is published.
    private(set) var isSubscribed = false

    private let descriptor: FileDescriptor
    private let peer: PeerCredentials?
    private unowned let server: VarlinkServer
    private var source: EventSource?
    private var farewellTimer: EventSource?
    private var idleTimer: EventSource?
    private var framer: MessageFramer
    private var queue = OutputQueue()
    private var terminator = MessageFramer.Terminator.both
    /// Takes no more requests; closes when everything is sent.
    private var isClosing = false
    /// An answer has been promised; requests behind it wait.
    private var isWaiting = false
    /// The client has sent everything it wanted to send.
    private var isInputOver = false

    init(
        _ descriptor: consuming FileDescriptor,
        server: VarlinkServer,
        loop: EventLoop
    ) throws(SystemIntegrationError) {
        peer = try? PeerCredentials(of: descriptor)
        self.descriptor = descriptor
        self.server = server
        framer = MessageFramer(limit: server.limits.requestBytes)
        source = try loop.watch(descriptor: self.descriptor.rawValue, for: .readable) {
            [weak self] readiness in self?.handle(readiness)
        }
        farewellTimer = try loop.timer { [weak self] in self?.close() }
        idleTimer = try loop.timer(accuracyMicroseconds: server.limits.idleMicroseconds / 8) {
            [weak self] in self?.dismissIdle()
        }
        waitForRequest()
    }

    private var limits: VarlinkLimits { server.limits }

    /// Sends the bytes of an answer, with the terminator of the last request.
    func send(_ bytes: [UInt8]) {
        guard !isClosing else { return }
        if queue.byteCount + bytes.count > limits.queueBytes && !queue.isEmpty {
            queue.dropUnsent()
            server.clientWasTooSlow(peer)
            dismiss(
                VarlinkError(
                    name: "org.affectd.ClientTooSlow",
                    parameters: JSONObject([("limitBytes", .integer(limits.queueBytes))])
                )
            )
            return
        }
        queue.append(bytes + terminator.bytes)
        flush()
    }

    /// Says why, and closes as soon as that is read or the client takes too long.
    func dismiss(_ error: VarlinkError) {
        isSubscribed = false
        queue.append(error.bytes + terminator.bytes)
        beginClosing()
    }

    private func beginClosing() {
        isClosing = true
        farewellTimer?.arm(afterMicroseconds: limits.farewellMicroseconds)
        flush()
    }

    private func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        if readiness.contains(.readable) && !isInputOver && !isClosing { receive() }
        if !readiness.isDisjoint(with: [.hungUp, .failed]) { close() }
    }

    private func receive() {
        let result: ReadResult
        do throws(SystemIntegrationError) {
            result = try descriptor.read(into: &server.receiveBuffer)
        } catch {
            close()
            return
        }
        switch result {
        case .wouldBlock: return
        case .bytes(let count):
            framer.append(server.receiveBuffer[..<count])
            processFrames()
        case .end:
            isInputOver = true
            endInput()
        }
    }

    private func endInput() {
        guard !isWaiting else { return waitForOutput() }
        if let frame = framer.finish() { process(frame) }
        // A client that only stops sending may still want its answers.
        if isSubscribed || isWaiting { waitForOutput() } else if !isClosing { beginClosing() }
    }

    private func processFrames() {
        while !isClosing, !isWaiting, let frame = framer.next() { process(frame) }
        guard framer.isOverLimit, !isClosing else { return }
        server.counts.malformed += 1
        dismiss(
            VarlinkError(
                name: "org.affectd.RequestTooLarge",
                parameters: JSONObject([("limitBytes", .integer(limits.requestBytes))])
            )
        )
    }

    /// Gives the client its time for a whole request; bytes that trickle in win none.
    private func waitForRequest() {
        guard limits.idleMicroseconds > 0 else { return }
        idleTimer?.arm(afterMicroseconds: limits.idleMicroseconds)
    }

    private func dismissIdle() {
        guard !isClosing else { return }
        server.counts.idle += 1
        dismiss(
            VarlinkError(
                name: "org.affectd.ClientIdle",
                parameters: JSONObject([
                    ("limitSeconds", .integer(limits.idleMicroseconds / 1_000_000))
                ])
            )
        )
    }

    private func process(_ frame: MessageFramer.Frame) {
        terminator = frame.terminator
        waitForRequest()
        let call: VarlinkCall
        do throws(JSONError) {
            call = try VarlinkCall(frame.bytes)
        } catch {
            dismissMalformed(error.description)
            return
        }
        guard !isSubscribed else {
            dismissMalformed("a subscribed connection takes no more requests")
            return
        }
        send(server.answer(call, from: peer), to: call)
    }

    private func send(_ answer: VarlinkAnswer, to call: VarlinkCall) {
        if case .later(let promise) = answer {
            isWaiting = true
            idleTimer?.disarm()
            waitForOutput()
            promise.whenKept { [weak self] answer in
                self?.isWaiting = false
                self?.waitForRequest()
                self?.send(answer, to: call)
                self?.processFrames()
                if self?.isInputOver == true { self?.endInput() }
            }
            return
        }
        guard !call.oneway else { return }
        switch answer {
        case .reply(let parameters):
            send(VarlinkReply(parameters: parameters).bytes)
        case .failure(let error):
            send(error.bytes)
        case .subscription(let first):
            guard call.more else {
                send(VarlinkError.expectedMore.bytes)
                return
            }
            isSubscribed = true
            idleTimer?.disarm()
            send(VarlinkReply(parameters: first, continues: true).bytes)
        case .later: preconditionFailure("a promise is not kept with a promise")
        }
    }

    private func dismissMalformed(_ reason: String) {
        server.counts.malformed += 1
        dismiss(
            VarlinkError(
                name: "org.affectd.MalformedRequest",
                parameters: JSONObject([("reason", .string(reason))])
            )
        )
    }

    private func flush() {
        do throws(SystemIntegrationError) {
            try queue.drain { bytes throws(SystemIntegrationError) in try descriptor.send(bytes) }
        } catch {
            close()
            return
        }
        if isClosing && queue.isEmpty { close() } else { waitForOutput() }
    }

    private func waitForOutput() {
        var readiness: Readiness = isInputOver || isClosing || isWaiting ? [] : .readable
        if !queue.isEmpty { readiness.insert(.writable) }
        source?.wait(for: readiness)
    }

    private func close() {
        isClosing = true
        isSubscribed = false
        source = nil
        farewellTimer = nil
        idleTimer = nil
        server.remove(self)
    }
}
