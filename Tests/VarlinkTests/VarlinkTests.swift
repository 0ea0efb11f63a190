import Glibc
import JSONText
import SystemIntegration
import Testing
import Varlink

@Suite struct MessageFramerTests {
    private func frames(_ text: String, chunk: Int, limit: Int = 1000) -> [MessageFramer.Frame] {
        var framer = MessageFramer(limit: limit)
        var frames: [MessageFramer.Frame] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            framer.append(bytes[start..<min(start + chunk, bytes.count)])
            while let frame = framer.next() { frames.append(frame) }
        }
        return frames
    }

    @Test(arguments: [1, 2, 5, 1000])
    func endsWithNulOrWithALineFeedOutsideOfBraces(chunk: Int) {
        let text = "{\"a\":\n[1,\n2]}\n{\"b\":\"}\\\"\n{\"}\0\n \r\n\0{}\0"
        let found = frames(text, chunk: chunk)
        #expect(
            found.map { String(decoding: $0.bytes, as: UTF8.self) }
                == ["{\"a\":\n[1,\n2]}", "{\"b\":\"}\\\"\n{\"}", "{}"]
        )
        #expect(found.map(\.terminator) == [.lineFeed, .nul, .nul])
    }

    @Test func stopsAtTheLimit() {
        var framer = MessageFramer(limit: 10)
        framer.append(Array("{\"a\":1234567890}\n".utf8)[...])
        #expect(framer.next() == nil)
        #expect(framer.isOverLimit)
        framer.append([0x7B, 0x7D, 0x0A])
        #expect(framer.next() == nil)
    }

    @Test func takesWhatIsLeftAtTheEnd() {
        var framer = MessageFramer(limit: 10)
        framer.append([0x7B, 0x7D])
        #expect(framer.next() == nil)
        #expect(framer.finish()?.bytes == [0x7B, 0x7D])
        #expect(framer.finish() == nil)
    }
}

/// A service that adds, and lets clients subscribe.
private final class Calculator: VarlinkService {
    let information = VarlinkInformation(
        vendor: "tests",
        product: "calculator",
        version: "1",
        url: "https://example.org"
    )
    var promises: [VarlinkPromise] = []
    let interfaces = [
        VarlinkInterface(
            name: "org.example.calculator",
            description: "interface org.example.calculator\n"
        )
    ]

    /// The processes of those that did not read.
    private(set) var slowClients: [Int32?] = []

    func clientWasTooSlow(_ peer: PeerCredentials?, limitBytes: Int) {
        slowClients.append(peer?.processID)
    }

    func answer(_ call: VarlinkCall, from peer: PeerCredentials?) -> VarlinkAnswer {
        switch call.method {
        case "org.example.calculator.Increment":
            guard case .number(let number)? = call.parameters["value"], let value = number.integer
            else { return .failure(.invalidParameter("value")) }
            return .reply(JSONObject([("value", .integer(value + 1))]))
        case "org.example.calculator.Wait":
            let promise = VarlinkPromise()
            promises.append(promise)
            return .later(promise)
        case "org.example.calculator.Watch":
            return .subscription(first: JSONObject([("count", 0)]))
        default:
            return .failure(.methodNotFound(call.method))
        }
    }
}

/// A server on a socket of its own, with clients that never block.
private final class Bed {
    let loop: EventLoop
    let service = Calculator()
    let server: VarlinkServer
    let path: String

    init(limits: VarlinkLimits = VarlinkLimits()) throws {
        loop = try EventLoop()
        path = "/tmp/affectd-varlink-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        server = try VarlinkServer(
            listener: UnixSocket.listen(at: path, permissions: 0o600),
            service: service,
            on: loop,
            limits: limits
        )
    }

    deinit {
        _ = unsafe unlink(path)
    }

    /// Runs the server until nothing is left to do.
    func settle() throws {
        for _ in 0..<2000 {
            guard try loop.runOnce(timeoutMicroseconds: 2000) else { return }
        }
    }

    func client() throws -> Client { try Client(path) }
}

private final class Client {
    let descriptor: FileDescriptor

    init(_ path: String) throws {
        descriptor = try UnixSocket.connect(to: path)
        try descriptor.setNonBlocking()
    }

    func send(_ text: String) throws {
        try descriptor.sendAll(Array(text.utf8))
    }

    func stopSending() {
        _ = shutdown(descriptor.rawValue, 1)
    }

    /// What has arrived, with `␀` for NUL, and `␄` at the end of the stream.
    func received() throws -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            switch try descriptor.read(into: &buffer) {
            case .bytes(let count):
                text += String(decoding: buffer[..<count], as: UTF8.self)
                    .replacing("\0", with: "␀")
            case .end: return text + "␄"
            case .wouldBlock: return text
            }
        }
    }
}

@Suite struct VarlinkServerTests {
    private func exchange(_ request: String, limits: VarlinkLimits = VarlinkLimits()) throws
        -> String
    {
        let bed = try Bed(limits: limits)
        let client = try bed.client()
        try client.send(request)
        try bed.settle()
        return try client.received()
    }

    @Test func answersWithTheTerminatorOfTheRequest() throws {
        let call = #"{"method":"org.example.calculator.Increment","parameters":{"value":41}}"#
        #expect(try exchange(call + "\0") == #"{"parameters":{"value":42}}␀"#)
        #expect(try exchange(call + "\n") == #"{"parameters":{"value":42}}"# + "\n")
        #expect(
            try exchange(call + "\n" + call + "\0")
                == #"{"parameters":{"value":42}}"# + "\n" + #"{"parameters":{"value":42}}␀"#
        )
    }

    @Test(arguments: [false, true])
    func anAnswerMayComeLaterAndRequestsBehindItWait(stopsSending: Bool) throws {
        let bed = try Bed()
        let client = try bed.client()
        let next = #"{"method":"org.example.calculator.Increment","parameters":{"value":1}}"#
        try client.send(#"{"method":"org.example.calculator.Wait"}"# + "\0" + next + "\0")
        if stopsSending { client.stopSending() }
        try bed.settle()
        #expect(try client.received() == "")
        // Others are served meanwhile.
        let other = try bed.client()
        try other.send(next + "\0")
        try bed.settle()
        #expect(try other.received() == #"{"parameters":{"value":2}}␀"#)
        try #require(bed.service.promises.first).keep(.reply(["done": true]))
        try bed.settle()
        let end = stopsSending ? "␄" : ""
        #expect(
            try client.received()
                == #"{"parameters":{"done":true}}␀{"parameters":{"value":2}}␀"# + end
        )
    }

    @Test func aPromiseToAClientThatIsGoneIsKeptForNobody() throws {
        let bed = try Bed()
        do {
            let client = try bed.client()
            try client.send(#"{"method":"org.example.calculator.Wait"}"# + "\0")
            try bed.settle()
        }
        try bed.settle()
        #expect(bed.server.clientCount == 0)
        try #require(bed.service.promises.first).keep(.reply(["done": true]))
    }

    @Test(arguments: [
        (
            #"{"method":"org.varlink.service.GetInfo"}"#,
            #"{"parameters":{"vendor":"tests","product":"calculator","version":"1","#
                + #""url":"https://example.org","#
                + #""interfaces":["org.varlink.service","org.example.calculator"]}}"#
        ),
        (
            #"{"method":"org.varlink.service.GetInterfaceDescription","#
                + #""parameters":{"interface":"org.example.calculator"}}"#,
            #"{"parameters":{"description":"interface org.example.calculator\n"}}"#
        ),
        (
            #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":null}"#,
            #"{"error":"org.varlink.service.InvalidParameter","#
                + #""parameters":{"parameter":"interface"}}"#
        ),
        (
            #"{"method":"org.example.calculator.Divide"}"#,
            #"{"error":"org.varlink.service.MethodNotFound","#
                + #""parameters":{"method":"org.example.calculator.Divide"}}"#
        ),
        (
            #"{"method":"org.elsewhere.Do"}"#,
            #"{"error":"org.varlink.service.InterfaceNotFound","#
                + #""parameters":{"interface":"org.elsewhere"}}"#
        ),
        (
            #"{"method":"org.example.calculator.Watch"}"#,
            #"{"error":"org.varlink.service.ExpectedMore"}"#
        ),
        (#"{"method":"org.example.calculator.Increment","oneway":true}"#, ""),
    ])
    func answersWhatIsAsked(request: String, answer: String) throws {
        #expect(try exchange(request + "\0") == answer + (answer.isEmpty ? "" : "␀"))
    }

    @Test(arguments: [
        ("hello", "not valid JSON at byte 0: expected a value"),
        ("[1,2]", "the document: expected an object, found an array"),
        ("{}", "method is missing"),
        (#"{"method":7}"#, "method: expected a string of at most 256 bytes, found 7"),
    ])
    func saysWhatIsWrongAndCloses(request: String, reason: String) throws {
        let error = JSONObject([
            ("error", "org.affectd.MalformedRequest"),
            ("parameters", .object(JSONObject([("reason", .string(reason))]))),
        ])
        #expect(try exchange(request + "\n") == JSONValue.object(error).text + "\n␄")
    }

    @Test func refusesARequestThatIsTooLarge() throws {
        let answer = try exchange(
            "{" + String(repeating: " ", count: 200),
            limits: VarlinkLimits(requestBytes: 100)
        )
        #expect(
            answer == #"{"error":"org.affectd.RequestTooLarge","parameters":{"limitBytes":100}}"#
                + "\n␀␄"
        )
    }

    @Test func answersAClientThatOnlyStopsSending() throws {
        let bed = try Bed()
        let client = try bed.client()
        try client.send(#"{"method":"org.example.calculator.Increment","parameters":{"value":1}}"#)
        client.stopSending()
        try bed.settle()
        #expect(try client.received() == #"{"parameters":{"value":2}}"# + "\n␄")
        #expect(bed.server.clientCount == 0)
    }

    @Test func subscribersGetTheFirstReplyAndThenEverythingInOrder() throws {
        let bed = try Bed()
        let client = try bed.client()
        let idle = try bed.client()
        try client.send(#"{"method":"org.example.calculator.Watch","more":true}"# + "\n")
        client.stopSending()
        try bed.settle()
        #expect(bed.server.hasSubscribers)
        for count in 1...3 { bed.server.publish(JSONObject([("count", .integer(count))])) }
        try bed.settle()
        #expect(
            try client.received()
                == (0...3).map { #"{"parameters":{"count":\#($0)},"continues":true}"# + "\n" }
                .joined()
        )
        #expect(try idle.received() == "")
    }

    @Test func aSubscriberThatLeavesIsForgotten() throws {
        let bed = try Bed()
        do {
            let client = try bed.client()
            try client.send(#"{"method":"org.example.calculator.Watch","more":true}"# + "\0")
            try bed.settle()
            #expect(bed.server.clientCount == 1)
        }
        try bed.settle()
        #expect(bed.server.clientCount == 0)
    }

    @Test func aSubscriberThatDoesNotReadIsDroppedAndTheOthersGoOn() throws {
        let bed = try Bed(limits: VarlinkLimits(queueBytes: 4096, farewellMicroseconds: 1000))
        let slow = try bed.client()
        let quick = try bed.client()
        for client in [slow, quick] {
            try client.send(#"{"method":"org.example.calculator.Watch","more":true}"# + "\0")
        }
        try bed.settle()
        let filler = JSONValue.string(String(repeating: "x", count: 1000))
        var quickText = try quick.received()
        // The kernel keeps some 200 KB for a client that does not read.
        for _ in 0..<1000 {
            bed.server.publish(JSONObject([("filler", filler)]))
            try bed.loop.runOnce(timeoutMicroseconds: 0)
            quickText = try quick.received()
        }
        #expect(quickText.hasSuffix("␀"))
        try bed.settle()
        #expect(bed.server.clientCount == 1, "the slow client did not even read its farewell")
        #expect(try slow.received().hasSuffix("␄"))
    }

    @Test func aSlowSubscriberReadsItsLastError() throws {
        let bed = try Bed(limits: VarlinkLimits(queueBytes: 4096))
        let slow = try bed.client()
        try slow.send(#"{"method":"org.example.calculator.Watch","more":true}"# + "\0")
        try bed.settle()
        let filler = JSONValue.string(String(repeating: "x", count: 1000))
        for _ in 0..<1000 { bed.server.publish(JSONObject([("filler", filler)])) }
        var text = try slow.received()
        try bed.settle()
        text += try slow.received()
        #expect(
            text.hasSuffix(
                #"␀{"error":"org.affectd.ClientTooSlow","parameters":{"limitBytes":4096}}␀␄"#
            )
        )
        #expect(bed.service.slowClients == [getpid()])
    }

    @Test func aLongerQueueHoldsForThoseThatAreThere() throws {
        let bed = try Bed(limits: VarlinkLimits(queueBytes: 4096))
        let slow = try bed.client()
        try slow.send(#"{"method":"org.example.calculator.Watch","more":true}"# + "\0")
        try bed.settle()
        bed.server.limits = VarlinkLimits(queueBytes: 4 << 20)
        let filler = JSONValue.string(String(repeating: "x", count: 1000))
        // A megabyte: more than the kernel keeps, less than the queue.
        for _ in 0..<1000 { bed.server.publish(JSONObject([("filler", filler)])) }
        #expect(bed.service.slowClients == [])
        bed.server.limits = VarlinkLimits(queueBytes: 4096)
        bed.server.publish(JSONObject([("filler", filler)]))
        #expect(bed.service.slowClients == [getpid()])
    }

    /// A hundred clients, twenty of which never read: those are dropped, and the others miss nothing.
    @Test func twentyOfAHundredThatNeverReadHinderNobody() throws {
        let bed = try Bed()
        let clients = try (0..<100).map { _ in
            // The kernel keeps 64 that were not taken yet.
            try bed.settle()
            return try bed.client()
        }
        for client in clients {
            try client.send(#"{"method":"org.example.calculator.Watch","more":true}"# + "\n")
            try bed.settle()
        }
        var received = [Int](repeating: 0, count: 80)
        let padding = String(repeating: "x", count: 700)
        // 700 kB for each client: more than the kernel and the queue keep for one that does not read.
        for number in 1...1000 {
            bed.server.publish(["number": .integer(number), "padding": .string(padding)])
            guard number % 20 == 0 else { continue }
            try bed.settle()
            for index in 0..<80 {
                received[index] += try clients[index].received().split(separator: "\n").count
            }
        }
        #expect(received == Array(repeating: 1001, count: 80))
        #expect(bed.server.counts.tooSlow == 20)
        // They have two seconds to read why.
        #expect(bed.server.clientCount >= 80)
    }

    @Test func refusesMoreClientsThanTheLimit() throws {
        let bed = try Bed(limits: VarlinkLimits(clients: 2))
        let first = try bed.client()
        let second = try bed.client()
        try bed.settle()
        let third = try bed.client()
        try bed.settle()
        #expect(
            try third.received()
                == #"{"error":"org.affectd.TooManyClients","parameters":{"limit":2}}"# + "\n␀␄"
        )
        try first.send(#"{"method":"org.varlink.service.GetInfo"}"# + "\0")
        try bed.settle()
        #expect(try first.received().hasPrefix(#"{"parameters":"#))
        #expect(try second.received() == "")
    }

    @Test func sendsOffAClientThatStaysSilent() throws {
        let bed = try Bed(limits: VarlinkLimits(clients: 2, idleMicroseconds: 1_000_000))
        let subscriber = try bed.client()
        try subscriber.send(#"{"method":"org.example.calculator.Watch","more":true}"# + "\n")
        let silent = try bed.client()
        // Half a request is none.
        try silent.send(#"{"method":"#)
        try bed.settle()
        #expect(bed.server.clientCount == 2)
        let deadline = Clock.monotonicMicroseconds + 10_000_000
        var heard = ""
        while bed.server.clientCount > 1, Clock.monotonicMicroseconds < deadline {
            try bed.loop.runOnce(timeoutMicroseconds: 50_000)
            heard += try silent.received()
        }
        heard += try silent.received()
        #expect(
            heard.hasPrefix(
                #"{"error":"org.affectd.ClientIdle","parameters":{"limitSeconds":1}}"# + "\n␀"
            )
        )
        #expect(bed.server.clientCount == 1)
        #expect(bed.server.hasSubscribers)
    }

    /// Random bytes and damaged requests: an answer or an error, never a crash, and the server goes on.
    @Test func survivesDamagedRequests() throws {
        let bed = try Bed()
        let good = Array(
            #"{"method":"org.example.calculator.Increment","parameters":{"value":41}}"#.utf8
        )
        var state: UInt64 = 20_261_121
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<300 {
            var damaged = good
            for _ in 0...random(4) { damaged[random(damaged.count)] = UInt8(random(256)) }
            let client = try bed.client()
            try client.descriptor.sendAll(damaged + [0])
            try bed.loop.runOnce(timeoutMicroseconds: 0)
            try bed.loop.runOnce(timeoutMicroseconds: 0)
        }
        try bed.settle()
        let client = try bed.client()
        try client.send(String(decoding: good, as: UTF8.self) + "\n")
        try bed.settle()
        #expect(try client.received() == #"{"parameters":{"value":42}}"# + "\n")
    }
}

@Suite struct VarlinkClientTests {
    /// A client that the service has already let go of, perhaps with a last word.
    private func dismissedClient(_ farewell: [UInt8]) throws -> VarlinkClient {
        let path = "/tmp/affectd-varlink-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        defer { _ = unsafe unlink(path) }
        let listener = try UnixSocket.listen(at: path, permissions: 0o600)
        let client = try VarlinkClient(path: path)
        if let connection = try UnixSocket.accept(from: listener) {
            try connection.sendAll(farewell)
        }
        return client
    }

    @Test func hearsTheLastWordOfAServiceThatIsGone() throws {
        let farewell = VarlinkError(
            name: "org.affectd.TooManyClients",
            parameters: JSONObject([("limit", 2)])
        )
        let client = try dismissedClient(
            Array(
                #"{"error":"org.affectd.TooManyClients","parameters":{"limit":2}}"#.utf8
            ) + [0]
        )
        #expect(throws: VarlinkClientError.service(farewell)) {
            try client.call("org.affectd.GetInfo")
        }
    }

    @Test func saysThatTheServiceIsGone() throws {
        let client = try dismissedClient([])
        #expect(throws: VarlinkClientError.closed) { try client.call("org.affectd.GetInfo") }
    }
}
