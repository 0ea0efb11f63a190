import ControlCore
import EventProtocol
import Glibc
import JSONText
import ServiceTestSupport
import SystemIntegration
import Testing
import Varlink

private func object(_ text: String) throws -> JSONObject {
    try JSONCursor(JSONReader.read(text)).object()
}

@Suite struct ControlTextTests {
    private let model =
        #"{"name":"tiny","release":3,"digest":"0123456789abcdef","phase":"active"}"#

    @Test func statusIsAFactALine() throws {
        let reply = try object(
            #"{"state":{"capture":"running","speech":true,"muted":false,"model":\#(model),"#
                + #""degraded":["the clock is not set"],"summary":"degraded"}}"#
        )
        let information = try object(
            #"{"version":"0.1.0","microphone":"hw:CARD=Mic,DEV=0: 48000 Hz, 2 channels"}"#
        )
        #expect(
            try StatusCommand.text(reply, information) == """
                state       degraded
                capture     running
                microphone  hw:CARD=Mic,DEV=0: 48000 Hz, 2 channels
                speech      yes
                model       tiny release 3, active, 0123456789ab
                degraded    the clock is not set
                version     0.1.0

                """
        )
    }

    @Test func statusNamesTheModelsThatAreNotTheOneThatAnswers() throws {
        let other = #"{"name":"tiny","release":4,"digest":"fedc","phase":"active"}"#
        let before = #"{"name":"tiny","release":2,"digest":"89ab","phase":"available"}"#
        let reply = try object(
            #"{"state":{"capture":"running","speech":false,"muted":false,"model":\#(model),"#
                + #""models":{"configured":\#(other),"previous":\#(before),"#
                + #""incoming":"/var/lib/affectd/incoming","signatures":"optional","#
                + #""lastResult":{"change":"rolled-back","subject":"tiny release 5","#
                + #""reason":"it crashed","wallClockMicroseconds":7}},"#
                + #""degraded":[],"summary":"listening"}}"#
        )
        #expect(
            try StatusCommand.text(reply, [:]) == """
                state       listening
                capture     running
                speech      no
                model       tiny release 3, active, 0123456789ab
                configured  tiny release 4, active
                previous    tiny release 2
                signatures  optional
                last change tiny release 5 rolled-back: it crashed

                """
        )
        #expect(try ModelInstallCommand.incoming(reply) == "/var/lib/affectd/incoming")
        #expect {
            try ModelInstallCommand.incoming(
                object(
                    #"{"state":{"capture":"running","speech":false,"muted":false,"degraded":[]}}"#
                )
            )
        } throws: { ($0 as? ControlError)?.exitCode == .rejected }
    }

    @Test func watchSaysTheStateInAWordAndWhy() throws {
        let event = try object(
            #"{"event":"state","sequence":4,"monotonicMicroseconds":2500000,"#
                + #""wallClockMicroseconds":1,"changed":["capture"],"reason":"it was unplugged","#
                + #""state":{"capture":"no-device","speech":false,"muted":false,"degraded":[],"#
                + #""summary":"no-device"}}"#
        )
        #expect(
            WatchCommand.text(event)
                == "       2.500 s  state           no-device (it was unplugged)\n"
        )
    }

    @Test func watchPrintsWhatItDoesNotKnowAsItCame() throws {
        let event = try object(#"{"event":"weather","sequence":4}"#)
        #expect(WatchCommand.text(event) == #"{"event":"weather","sequence":4}"# + "\n")
    }

    @Test func modelsAreDescribed() throws {
        let reply = try object(
            #"{"models":[{"task":"emotion","name":"tiny","release":3,"digest":"01ab","#
                + #""phase":"active","version":"1.0","path":"/m.affect","labels":["a","b"],"#
                + #""licence":"CC-BY-4.0"},"#
                + #"{"task":"emotion","name":"tiny","release":4,"digest":"02ab","#
                + #""phase":"quarantined","trust":"signature","version":"1.1","#
                + #""path":"/n.affect","labels":["a","b"],"licence":"CC-BY-4.0","#
                + #""note":"taken back: it crashed"}]}"#
        )
        #expect(
            try ModelsCommand.text(reply) == """
                tiny release 3, active
                  task      emotion
                  version   1.0
                  labels    a, b
                  licence   CC-BY-4.0
                  digest    01ab
                  file      /m.affect
                tiny release 4, quarantined
                  task      emotion
                  version   1.1
                  labels    a, b
                  licence   CC-BY-4.0
                  digest    02ab
                  file      /n.affect
                  trust     signature
                  note      taken back: it crashed

                """
        )
    }

    @Test func anAnswerThatIsNoneIsAnError() throws {
        #expect(throws: ControlError.self) { try StatusCommand.text(object("{}"), object("{}")) }
        #expect(throws: ControlError.self) { try ModelsCommand.text(object("{}")) }
    }
}

@Suite struct ControlErrorTests {
    private func error(_ error: VarlinkClientError) -> ControlError {
        ControlError(error, socket: "/run/affectd/socket")
    }

    @Test func saysWhatToTypeWhenTheDaemonDoesNotRun() throws {
        for errorNumber in [ENOENT, ECONNREFUSED] {
            let absent = error(
                .system(.call(name: "connect", subject: "", errorNumber: errorNumber))
            )
            #expect(absent.exitCode == .unavailable)
            #expect(absent.description.contains("systemctl start affectd"))
        }
    }

    @Test func saysHowToGetThePermission() {
        let denied = error(.system(.call(name: "connect", subject: "", errorNumber: EACCES)))
        #expect(denied.exitCode == .notPermitted)
        #expect(denied.description.contains("usermod -aG affect"))
    }

    @Test func saysHowToGetTheRightToControl() {
        let denied = error(
            .service(
                VarlinkError(name: "org.affectd.NotPermitted", parameters: ["group": "ops"])
            )
        )
        #expect(denied.exitCode == .notPermitted)
        #expect(denied.description.contains("usermod -aG ops"))
    }

    @Test func repeatsWhyAModelIsNotAccepted() {
        let rejected = error(
            .service(
                VarlinkError(
                    name: "org.affectd.ModelRejected",
                    parameters: ["reason": "downgrade", "message": "tiny release 1 is too old"]
                )
            )
        )
        #expect(rejected.exitCode == .rejected)
        #expect(rejected.description == "tiny release 1 is too old")
    }

    @Test func aDeliveryCopiesWhatAnotherUserCanRead() throws {
        let directory = try TemporaryDirectory()
        let model = try directory.write([1, 2], to: "m.affect")
        try directory.write([3], to: "m.affect.minisig")
        let incoming = try TemporaryDirectory()
        let delivery = try ModelDelivery(of: model, into: incoming.path)
        // Not the name of a drop, which the daemon would take by itself.
        #expect(!delivery.name.hasSuffix(".affect"))
        for (suffix, bytes) in [("", [1, 2]), (".minisig", [3])] as [(String, [UInt8])] {
            let path = "\(incoming.path)/\(delivery.name)\(suffix)"
            #expect(try FileDescriptor.contents(ofFile: path, limit: 10) == bytes)
            var status = stat()
            try #require(unsafe stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o644)
        }
        #expect {
            try ModelDelivery(of: "/nonexistent", into: incoming.path)
        } throws: { ($0 as? ControlError)?.exitCode == .usage }
        #expect(
            throws: ControlError(
                .failed,
                """
                affectd takes models from /nonexistent/incoming, and that folder does not exist
                try: make /nonexistent (control.state_folder) for the user of affectd, then restart affectd
                """
            )
        ) {
            try ModelDelivery(of: model, into: "/nonexistent/incoming")
        }
        #expect(Directory.names(in: incoming.path).count == 2)
    }

    @Test func repeatsTheNamedErrorOfTheDaemon() {
        let slow = error(
            .service(
                VarlinkError(
                    name: "org.affectd.ClientTooSlow",
                    parameters: JSONObject([("limitBytes", 65_536)])
                )
            )
        )
        #expect(slow.exitCode == .failed)
        #expect(
            slow.description == #"affectd answers org.affectd.ClientTooSlow {"limitBytes":65536}"#
        )
    }

    @Test func aSocketPathThatDoesNotFitIsWrongUsage() {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        #expect {
            try DaemonConnection(socket: path)
        } throws: { ($0 as? ControlError)?.exitCode == .usage }
    }

    @Test func watchDoesNotWaitForEverForTheState() throws {
        let path = "/tmp/affectd-control-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        defer { Directory.removeFile(path) }
        let listener = try UnixSocket.listen(at: path, permissions: 0o600)
        let connection = try DaemonConnection(socket: path)
        #expect {
            try connection.subscribe(firstReplyMilliseconds: 0) { _ in }
        } throws: { ($0 as? ControlError)?.exitCode == .timeout }
        withExtendedLifetime(listener.rawValue) {}
    }

    @Test func aFullQueueIsNoAnswer() {
        let full = error(.system(.call(name: "connect", subject: "", errorNumber: EAGAIN)))
        #expect(full.exitCode == .timeout)
    }

    @Test func connectingToNobodyIsExplained() {
        #expect {
            try DaemonConnection(socket: "/nonexistent/affectd/socket")
        } throws: { ($0 as? ControlError)?.exitCode == .unavailable }
    }
}
