import AudioCapture
import DaemonConfiguration
import DaemonCore
import EventProtocol
import Glibc
import JSONText
import ModelFile
import Recognition
import ServiceTestSupport
import SystemIntegration
import TestSupport
import Testing
import Varlink

/// A daemon with a fake microphone, an untrained model and a socket of its own.
private final class DaemonBed {
    let directory: TemporaryDirectory
    let loop: EventLoop
    let daemon: Daemon
    let socket: String
    let notifications = Notifications()

    /// - Parameters:
    ///   - models: what runs; the sample model when none are given.
    ///   - watchdogMicroseconds: how often the service manager wants a sign of life.
    ///   - lines: where the lines of the journal go.
    ///   - reread: what a reload finds; given what was in force at the start.
    init(
        device: String,
        settings: [(Setting, String)] = [],
        models: ModelSet? = nil,
        watchdogMicroseconds: UInt64? = nil,
        lines: Int32 = STDERR_FILENO,
        reread: @escaping (Configuration) throws(DaemonError) -> Configuration = { $0 }
    ) throws {
        directory = try TemporaryDirectory()
        let model = try directory.write(SampleModel.int8().bytes, to: "model.affect")
        var configuration = Configuration()
        try configuration.set(.emotionModel, to: model, from: "test")
        try configuration.set(.socketPath, to: "\(directory.path)/socket", from: "test")
        socket = "\(directory.path)/socket"
        try configuration.set(.microphoneDevice, to: device, from: "test")
        for (setting, word) in settings {
            try configuration.set(setting, to: word, from: "test")
        }
        loop = try EventLoop()
        daemon = try Daemon(
            models: models ?? ModelSet(configuration),
            configuration: configuration,
            rereadConfiguration: { () throws(DaemonError) in try reread(configuration) },
            loop: loop,
            notifier: ServiceNotifier(watchdogMicroseconds: watchdogMicroseconds) {
                [notifications] text in notifications.texts.append(text)
            },
            journal: Journal(writesEntries: false, linesTo: lines)
        )
        try daemon.start(listener: ListeningSocket(configuration).takeDescriptor())
    }

    /// Runs the daemon until the condition holds; a minute is for machines that do much else.
    func run(until condition: () throws -> Bool) throws {
        let deadline = Clock.monotonicMicroseconds + 60_000_000
        while try !condition() {
            try #require(
                Clock.monotonicMicroseconds < deadline,
                "did not happen within a minute"
            )
            try loop.runOnce(timeoutMicroseconds: 50_000)
        }
    }

    /// Calls a method and runs the daemon until it has answered.
    func call(_ method: String, _ parameters: JSONObject = JSONObject()) throws -> JSONObject {
        try answer(to: ask(method, parameters))
    }

    /// Calls a method.
    func ask(_ method: String, _ parameters: JSONObject) throws -> VarlinkClient {
        let client = try VarlinkClient(path: socket)
        try client.send(VarlinkCall(method: "org.affectd.\(method)", parameters: parameters))
        return client
    }

    /// Runs the daemon until it has answered.
    func answer(to client: VarlinkClient) throws -> JSONObject {
        var reply: Result<VarlinkReply, VarlinkClientError>?
        try run(until: {
            do throws(VarlinkClientError) {
                reply = .success(try client.nextReply(timeoutMilliseconds: 0))
            } catch .timeout {
                return false
            } catch {
                reply = .failure(error)
            }
            return true
        })
        return try #require(reply).get().parameters
    }

    func subscribe() throws -> Subscriber { try Subscriber(socket) }
}

/// What the service manager was told.
private final class Notifications {
    var texts: [String] = []

    /// How often it was told that the service lives.
    var signsOfLife: Int { texts.count { $0 == "WATCHDOG=1" } }
}

/// A client that collects what it is sent.
private final class Subscriber {
    private let client: VarlinkClient
    private(set) var messages: [Message] = []

    init(_ path: String) throws {
        client = try VarlinkClient(path: path)
        try client.send(VarlinkCall(method: "org.affectd.Subscribe", more: true))
    }

    /// Takes what has arrived; whether an event of this name is among all of it.
    func has(_ name: String) throws -> Bool {
        while let reply = try? client.nextReply(timeoutMilliseconds: 0) {
            messages.append(try Message(JSONCursor(.object(reply.parameters))))
        }
        return messages.contains { $0.event.name == name }
    }
}

@Suite(.serialized) struct DaemonTests {
    private let fakes: FakeMicrophones

    init() throws {
        fakes = try unsafe #require(FakeMicrophones.shared)
    }

    @Test func tellsSubscribersWhatItHearsAfterTheState() throws {
        let bed = try DaemonBed(device: "voice")
        let subscriber = try bed.subscribe()
        try bed.run(until: { try subscriber.has("utterance") && subscriber.has("emotion") })
        let messages = subscriber.messages
        #expect(messages.first?.event.name == "state")
        #expect(messages.first?.state?.capture == .running)
        #expect(messages.first?.state?.model == bed.daemon.models.emotion.reference)
        // Nothing is lost in between: the numbers follow each other.
        let numbers = messages.map(\.sequence)
        #expect(numbers == Array(numbers[0]...(numbers[0] + UInt64(numbers.count) - 1)))
        let names = messages.dropFirst().map(\.event.name)
        #expect(names.first == "speech-started")
        for case .utterance(let result, _) in messages.map(\.event) {
            #expect(result.probabilities.map(\.permille).reduce(0, +) == 1000)
            #expect(result.durationMicroseconds > 0)
        }
        // Speech is a fact of the state from the first word on.
        #expect(messages.dropFirst().first?.state?.speech == true)
    }

    @Test func aMissingMicrophoneIsAStateThatEnds() throws {
        try fakes.control("absent", "nodev")
        let bed = try DaemonBed(device: "absent")
        #expect(bed.daemon.state.capture == .noDevice)
        #expect(bed.daemon.state.summary == "no-device")
        let subscriber = try bed.subscribe()
        try bed.run(until: { try subscriber.has("state") })
        try fakes.control("absent", "run")
        try bed.run(until: { try subscriber.has("speech-started") })
        #expect(bed.daemon.state.capture == .running)
        #expect(subscriber.messages.map(\.event.name).prefix(2) == ["state", "state"])
    }

    @Test func answersAboutItselfAndItsModels() throws {
        let bed = try DaemonBed(device: "voice")
        let models = try JSONCursor(.object(bed.call("ListModels"))).member("models")
            .elements(count: 1...1)
        #expect(try ModelReference(models[0]) == bed.daemon.models.emotion.reference)
        #expect(try models[0].member("task").string() == "emotion")
        let information = try bed.call("GetInfo")
        #expect(information["version"] == .string(ProductVersion.text))
        #expect(
            information["microphone"] == "voice: 16000 Hz, 1 channel, S16_LE, buffer 2000 ms"
        )
        let state = try StateSnapshot(JSONCursor(.object(bed.call("GetState"))).member("state"))
        #expect(state == bed.daemon.state)
    }

    @Test func aReloadChangesWhatCanChangeAndSaysWhatCannot() throws {
        let bed = try DaemonBed(device: "voice") { before throws(DaemonError) in
            try changed(
                before,
                [
                    (.microphoneDevice, "s16"), (.journalMode, "off"), (.smoothing, "7"),
                    (.socketPath, "/elsewhere"),
                ]
            )
        }
        let subscriber = try bed.subscribe()
        try bed.run(until: { try subscriber.has("state") })
        bed.daemon.reload()
        try bed.run(until: {
            _ = try subscriber.has("state")
            return subscriber.messages.contains {
                $0.event
                    == .state(
                        changed: ["configuration"],
                        reason: "configuration reloaded: microphone.device,"
                            + " decision.smoothing_permille, journal.mode changed;"
                            + " for socket.path affectd must start again"
                    )
            }
        })
        #expect(bed.daemon.configuration.text(.microphoneDevice) == "s16")
        let told = bed.notifications.texts
        let reloading = try #require(
            told.firstIndex { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
        )
        #expect(told[reloading...].contains { $0.hasPrefix("READY=1") })
        #expect(told.last?.contains("running") == false)
        #expect(told.last?.contains("s16: 16000 Hz") == true)
    }

    @Test func aReloadOfAWrongFileChangesNothing() throws {
        let wrong = ConfigurationError.syntax(place: "f:1:1", message: "nonsense")
        let bed = try DaemonBed(device: "voice") { _ throws(DaemonError) in
            throw .configuration(wrong)
        }
        let before = bed.daemon.configuration
        let subscriber = try bed.subscribe()
        try bed.run(until: { try subscriber.has("state") })
        bed.daemon.reload()
        try bed.run(until: {
            _ = try subscriber.has("state")
            return subscriber.messages.contains {
                $0.event.text.hasSuffix("the one before stays: f:1:1: nonsense")
            }
        })
        #expect(bed.daemon.configuration == before)
        #expect(bed.daemon.state.summary == "degraded")
        #expect(bed.notifications.texts.last?.hasPrefix("READY=1") == true)
    }

    @Test func aMuteClosesTheMicrophoneAndSurvivesARestart() throws {
        let folder = try TemporaryDirectory()
        func bed() throws -> DaemonBed {
            try DaemonBed(device: "voice", settings: [(.stateFolder, folder.path)])
        }
        var first: DaemonBed? = try bed()
        try first?.run(until: { first?.daemon.state.speech == true })
        let reply = try first?.call("SetMute", ["muted": true])
        let state = try StateSnapshot(JSONCursor(.object(try #require(reply))).member("state"))
        #expect(state.muted && state.capture == .closed && state.summary == "muted")
        #expect(!state.speech && state.degraded.isEmpty && state.mutedUntilMicroseconds == nil)
        first?.daemon.stop()
        first = nil

        let second = try bed()
        #expect(second.daemon.state.muted && second.daemon.state.capture == .closed)
        #expect(second.notifications.texts.last == "READY=1\nSTATUS=muted")
        _ = try second.call("SetMute", ["muted": false])
        #expect(second.daemon.state.capture == .running)
        second.daemon.stop()
        #expect(try bed().daemon.state.muted == false)
    }

    @Test func aMuteWithATimeEndsByItself() throws {
        let folder = try TemporaryDirectory()
        let bed = try DaemonBed(device: "voice", settings: [(.stateFolder, folder.path)])
        let before = Clock.monotonicMicroseconds
        _ = try bed.call("SetMute", ["muted": true, "seconds": 1])
        let until = try #require(bed.daemon.state.mutedUntilMicroseconds)
        #expect((before + 1_000_000...Clock.monotonicMicroseconds + 1_000_000).contains(until))
        try bed.run(until: { bed.daemon.state.capture == .running })
        #expect(Clock.monotonicMicroseconds >= until)
        #expect(!bed.daemon.state.muted)
        #expect(MuteStore(folder: folder.path).load() == .no)
    }

    @Test func aMuteThatCannotBeKeptSaysSo() throws {
        let bed = try DaemonBed(device: "voice", settings: [(.stateFolder, "/nonexistent")])
        _ = try bed.call("SetMute", ["muted": true])
        #expect(bed.daemon.state.capture == .closed)
        #expect(
            bed.daemon.state.degraded == [
                "the mute ends with a restart:"
                    + " open /nonexistent/mute.json.new: No such file or directory"
            ]
        )
    }

    /// A pipe that nobody reads stands where the mute is written: opening it never ends.
    @Test func aMuteDoesNotWaitForTheDiskAndItsAnswerDoes() throws {
        let folder = try TemporaryDirectory()
        let bed = try DaemonBed(device: "voice", settings: [(.stateFolder, folder.path)])
        let pipe = "\(folder.path)/mute.json.new"
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let muting = try bed.ask("SetMute", ["muted": true])
        try bed.run(until: { bed.daemon.state.capture == .closed })
        #expect(bed.daemon.state.muted)
        // Others are served; of what they ask for meanwhile the last is kept.
        let unmuting = try bed.ask("SetMute", ["muted": false])
        try bed.run(until: { bed.daemon.state.capture == .running })
        let mutingAgain = try bed.ask("SetMute", ["muted": true, "seconds": 500])
        try bed.run(until: { bed.daemon.state.capture == .closed })
        // What is asked for no more waits for nothing.
        #expect(try bed.answer(to: unmuting)["state"] != nil)
        for client in [muting, mutingAgain] {
            #expect(throws: VarlinkClientError.timeout) {
                try client.nextReply(timeoutMilliseconds: 0)
            }
        }
        #expect(MuteStore(folder: folder.path).load() == .no)
        // The disk answers at last, and the first mute cannot be kept: there is no flushing a pipe.
        let end = unsafe open(pipe, O_RDONLY | O_NONBLOCK)
        #expect(end >= 0)
        _ = try bed.answer(to: muting)
        let reply = try bed.answer(to: mutingAgain)
        close(end)
        let kept = MuteStore(folder: folder.path).load()
        guard case .yes(let remaining?) = kept else { return #expect(Bool(false), "\(kept)") }
        #expect((1...500_000_000).contains(remaining))
        let state = try StateSnapshot(JSONCursor(.object(reply)).member("state"))
        #expect(state.muted && state.degraded.isEmpty)
    }

    @Test func aHoldIgnoresWhatIsHeardForItsTime() throws {
        let bed = try DaemonBed(device: "voice")
        let subscriber = try bed.subscribe()
        try bed.run(until: { try subscriber.has("speech-started") })
        _ = try bed.call("Hold", ["seconds": 2])
        #expect(bed.daemon.state.summary == "held")
        #expect(!bed.daemon.state.speech)
        let held = bed.daemon.utteranceCount
        // The voice says something every 1.5 s.
        try bed.run(until: { bed.daemon.state.heldUntilMicroseconds == nil })
        #expect(bed.daemon.utteranceCount == held)
        _ = try subscriber.has("state")
        let reasons = subscriber.messages.compactMap { message -> String? in
            guard case .state(["heldUntil"], let reason) = message.event else { return nil }
            return reason
        }
        #expect(reasons.count == 2)
        #expect(reasons.first?.hasPrefix("held for 2 s by user ") == true)
        #expect(reasons.last == "the time of the hold is over")
        try bed.run(until: { bed.daemon.state.speech })
    }

    @Test(
        arguments: [
            ("SetMute", JSONObject(), "muted"),
            ("SetMute", ["muted": true, "seconds": 0], "seconds"),
            ("SetMute", ["muted": false, "seconds": 5], "seconds"),
            ("SetMute", ["muted": true, "until": 5], "until"), ("Hold", JSONObject(), "seconds"),
            ("Hold", ["seconds": -1], "seconds"), ("Hold", ["seconds": 3601], "seconds"),
            ("Hold", ["seconds": "5"], "seconds"), ("GetState", ["x": 1], "x"),
        ] as [(String, JSONObject, String)]
    )
    func namesTheParameterThatIsWrong(
        method: String,
        parameters: JSONObject,
        wrong: String
    ) throws {
        let bed = try DaemonBed(device: "voice")
        #expect(throws: VarlinkClientError.service(.invalidParameter(wrong))) {
            try bed.call(method, parameters)
        }
        #expect(!bed.daemon.state.muted)
    }

    @Test func controlNeedsTheRights() throws {
        let bed = try DaemonBed(device: "voice", settings: [(.controlGroup, "nogroup")])
        let group = try #require(unsafe getgrnam("nogroup")?.pointee.gr_gid)
        let stranger = PeerCredentials(processID: 1, userID: 4711, groupIDs: [1])
        let member = PeerCredentials(processID: 1, userID: 4711, groupIDs: [1, group])
        let call = VarlinkCall(method: "org.affectd.SetMute", parameters: ["muted": true])
        let denied = VarlinkAnswer.failure(
            VarlinkError(
                name: "org.affectd.NotPermitted",
                parameters: ["group": "nogroup"]
            )
        )
        #expect(bed.daemon.answer(call, from: stranger) == denied)
        #expect(bed.daemon.answer(call, from: nil) == denied)
        #expect(!bed.daemon.state.muted)
        // Reading is for whoever may connect.
        guard
            case .reply = bed.daemon.answer(
                VarlinkCall(method: "org.affectd.GetState"),
                from: stranger
            )
        else {
            Issue.record("the state was denied")
            return
        }
        _ = bed.daemon.answer(call, from: member)
        #expect(bed.daemon.state.muted)
    }

    @Test func tellsWhatHasHappenedAndWhatIsConfigured() throws {
        let bed = try DaemonBed(device: "voice")
        try bed.run(until: { bed.daemon.utteranceCount > 0 })
        let statistics = JSONCursor(.object(try bed.call("GetStats")))
        #expect(try statistics.member("framesCaptured").integer(8000...1 << 40) > 0)
        #expect(try statistics.member("clients").integer(0...1) == 1)
        #expect(try statistics.member("residentKilobytes").integer(1000...1 << 30) > 0)
        #expect(try statistics.member("openDescriptors").integer(3...1000) > 0)
        let configured = JSONCursor(.object(try bed.call("GetConfiguration")))
        let settings = try configured.member("settings").elements(count: 1...100)
        #expect(settings.count == Setting.allCases.count)
        #expect(try settings[0].member("key").string() == "microphone.device")
        #expect(try settings[0].member("value").string() == "\"voice\"")
        #expect(try settings[0].member("source").string() == "test")
        _ = try JSONCursor(.object(try bed.call("ListDevices"))).member("devices")
            .elements(count: 0...100)
    }

    /// The loop turns and the device delivers, and the daemon is deaf all the same.
    @Test func givesNoSignOfLifeWhenNothingReachesTheRecogniser() throws {
        let pipe = try Pipe()
        let bed = try DaemonBed(
            device: "voice",
            settings: [(.stallSeconds, "1")],
            watchdogMicroseconds: 200_000,
            lines: pipe.writer.rawValue
        )
        let told = bed.notifications
        try bed.run(until: { told.signsOfLife > 2 && bed.daemon.state.speech })
        bed.daemon.microphone.delegate = nil
        let patience = try #require(bed.daemon.microphone.patienceMicroseconds)
        #expect(patience == 4_000_000)
        let deaf = Clock.monotonicMicroseconds
        try bed.run(until: { Clock.monotonicMicroseconds > deaf + patience + 200_000 })
        #expect(bed.daemon.microphone.state != .closed)
        let before = told.signsOfLife
        let silent = Clock.monotonicMicroseconds
        try bed.run(until: { Clock.monotonicMicroseconds > silent + 500_000 })
        #expect(told.signsOfLife == before)
        #expect(
            try pipe.lines().contains {
                $0.hasPrefix(
                    "affectd: nothing from the microphone has reached the recogniser for 4 s"
                )
            }
        )
        bed.daemon.microphone.delegate = bed.daemon
        try bed.run(until: { told.signsOfLife > before })
    }

    @Test func aMicrophoneThatIsAwayOrMutedIsNoReasonToBeRestarted() throws {
        try fakes.control("absent", "nodev")
        let bed = try DaemonBed(device: "absent", watchdogMicroseconds: 100_000)
        let told = bed.notifications
        try bed.run(until: { told.signsOfLife > 3 })
        #expect(try #require(bed.daemon.microphone.patienceMicroseconds) > 30_000_000)
        // Each attempt to open is a sign of progress.
        let efforts = bed.daemon.microphone.effortCount
        try bed.run(until: { bed.daemon.microphone.effortCount > efforts })
        _ = try bed.call("SetMute", ["muted": true])
        #expect(bed.daemon.microphone.patienceMicroseconds == nil)
        let before = told.signsOfLife
        try bed.run(until: { told.signsOfLife > before + 3 })
    }

    @Test func writesWhoDidNotRead() throws {
        let pipe = try Pipe()
        let bed = try DaemonBed(device: "voice", lines: pipe.writer.rawValue)
        let root = PeerCredentials(processID: 4711, userID: 0, groupIDs: [0])
        for _ in 0..<100 { bed.daemon.clientWasTooSlow(root, limitBytes: 65_536) }
        let lines = try pipe.lines().filter { $0.contains("does not read") }
        // So many of a kind pass in ten minutes; the hundred do not fill the journal.
        #expect(lines.count == 20)
        #expect(
            lines.first == "affectd: a client that does not read is sent off:"
                + " user root, group root, process 4711; 65536 bytes waited for it"
        )
    }

    @Test func aPackagedModelThatCannotBePreparedIsLeftOutAndSaid() throws {
        let directory = try TemporaryDirectory()
        let unfit = try directory.write(SampleModel.int8().bytes, to: "a.affect")
        let path = try directory.write(SampleModel.int8().bytes, to: "b.affect")
        let models = try ModelSet(Configuration(), packagedFolder: directory.path) {
            model throws(DaemonError) in
            if model.path == unfit { throw .modelUnfit(path: unfit, .network("no room")) }
            try model.checkThatItRuns()
        }
        #expect(models.emotion.path == path)
        let bed = try DaemonBed(device: "voice", models: models)
        try bed.run(until: { bed.daemon.utteranceCount > 0 })
        #expect(bed.daemon.state.summary == "degraded" || bed.daemon.state.speech)
        let trouble = try #require(bed.daemon.state.degraded.first)
        #expect(trouble.hasPrefix("left out: model \(unfit): "))
        #expect(trouble.hasSuffix("network: no room"))
    }

    @Test func stopEndsTheSpeechAndClosesTheMicrophone() throws {
        let bed = try DaemonBed(device: "voice")
        try bed.run(until: { bed.daemon.state.speech })
        bed.daemon.stop()
        #expect(bed.daemon.state.capture == .closed)
        #expect(!bed.daemon.state.speech)
        #expect(try bed.loop.run() == 0)
    }

    @Test func tellsSystemdThatItIsReadyWithoutAMicrophone() throws {
        try fakes.control("absent", "noent")
        let bed = try DaemonBed(device: "absent")
        bed.daemon.stop()
        let told = bed.notifications.texts
        #expect(told.count == 4, "\(told)")
        #expect(told[0].hasPrefix("STATUS=no-device: absent: open: No such file"))
        #expect(told[1].hasPrefix("READY=1\nSTATUS=no-device"))
        #expect(told[2...] == ["STOPPING=1", "STATUS=closed"])
    }
}

/// A configuration with other values.
private func changed(
    _ configuration: Configuration,
    _ values: [(Setting, String)]
) throws(DaemonError) -> Configuration {
    do throws(ConfigurationError) {
        var configuration = configuration
        for (setting, word) in values { try configuration.set(setting, to: word, from: "test") }
        return configuration
    } catch {
        throw .configuration(error)
    }
}

@Suite struct DaemonErrorTests {
    @Test(arguments: [
        ("/nonexistent", "open", "/nonexistent: open: No such file or directory"),
        ("-", "dup", "standard input: dup: No such file or directory"),
    ])
    func namesTheInputOnce(path: String, call: String, text: String) {
        let reason = SystemIntegrationError.call(name: call, subject: path, errorNumber: ENOENT)
        #expect("\(DaemonError.input(path: path, .unreadable(reason)))" == text)
    }
}

@Suite struct ListeningSocketTests {
    @Test func removesItsOwnSocketAndNoOther() throws {
        let directory = try TemporaryDirectory()
        var configuration = Configuration()
        let path = "\(directory.path)/socket"
        try configuration.set(.socketPath, to: path, from: "test")
        let first = try ListeningSocket(configuration)
        Directory.removeFile(path)
        let second = try ListeningSocket(configuration)
        first.ownFile?.remove()
        #expect(unsafe access(path, F_OK) == 0)
        second.ownFile?.remove()
        #expect(unsafe access(path, F_OK) != 0)
    }
}

@Suite struct ModelSetTests {
    @Test func saysWhereModelsAreLookedFor() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: DaemonError.self) {
            try ModelSet(Configuration(), packagedFolder: directory.path)
        }
    }

    @Test func takesThePackagedModel() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(SampleModel.int8().bytes, to: "b.affect")
        try directory.write([1, 2, 3], to: "README")
        let models = try ModelSet(Configuration(), packagedFolder: directory.path)
        #expect(models.emotion.path == path)
        #expect(models.speech == nil)
    }

    /// A check knows neither what is installed in the service nor what systemd passes to it.
    @Test func aCheckClaimsNothingOfTheServiceThatItDoesNotKnow() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(SampleModel.int8().bytes, to: "b.affect")
        var configuration = Configuration()
        let packaged = AffectDaemon.checked(
            configuration,
            try ModelSet(configuration, packagedFolder: directory.path),
            isPassedSocketWelcome: true
        )
        #expect(
            packaged.split(separator: "\n").prefix(3) == [
                "# model         \(path) (sample release 1), unless one is installed",
                "# speech model  none, the energy gate decides",
                "# socket        /run/affectd/socket, unless systemd passes one",
            ]
        )
        try configuration.set(.emotionModel, to: path, from: "test")
        try configuration.set(.socketPath, to: "/tmp/s", from: "--socket")
        let named = AffectDaemon.checked(
            configuration,
            try ModelSet(configuration),
            isPassedSocketWelcome: false
        )
        #expect(
            named.split(separator: "\n").prefix(3) == [
                "# model         \(path) (sample release 1)",
                "# speech model  none, the energy gate decides",
                "# socket        /tmp/s",
            ]
        )
    }

    @Test func goesOnWithoutADamagedPackagedModel() throws {
        let directory = try TemporaryDirectory()
        try directory.write([1, 2, 3], to: "a.affect")
        let path = try directory.write(SampleModel.int8().bytes, to: "b.affect")
        let models = try ModelSet(Configuration(), packagedFolder: directory.path)
        #expect(models.emotion.path == path)
        #expect(models.skipped.count == 1)
    }

    @Test func saysWhatIsWrongWhenNoPackagedModelIsLeft() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write([1, 2, 3], to: "a.affect")
        #expect {
            try ModelSet(Configuration(), packagedFolder: directory.path)
        } throws: {
            guard case .modelInvalid(path, _)? = $0 as? DaemonError else { return false }
            return true
        }
    }

    @Test func blamesTheSpeechModelThatIsNone() throws {
        let directory = try TemporaryDirectory()
        var configuration = Configuration()
        try configuration.set(
            .emotionModel,
            to: directory.write(SampleModel.int8().bytes, to: "m.affect"),
            from: "test"
        )
        let path = try directory.write(SampleModel.int8().bytes, to: "s.affect")
        try configuration.set(.speechModel, to: path, from: "test")
        #expect {
            try ModelSet(configuration)
        } throws: {
            guard case .modelUnfit(path, _)? = $0 as? DaemonError else { return false }
            return true
        }
    }

    @Test func refusesAFileThatIsNoModel() throws {
        let directory = try TemporaryDirectory()
        var configuration = Configuration()
        try configuration.set(
            .emotionModel,
            to: directory.write(Array("RIFF".utf8), to: "m.affect"),
            from: "test"
        )
        #expect {
            try ModelSet(configuration)
        } throws: { ($0 as? DaemonError)?.exitCode == .modelRejected }
    }
}

@Suite struct SelfTestTests {
    /// The sample model with what it answers, or should answer, to four pieces of sound.
    private func model(wrong: Int? = nil) throws -> Model {
        let model = try SampleModel.int8()
        var answer = try SelfTestAnswer(model)
        let seeds: [Int32] = [1, 2, -3, .max]
        var logits: [[Int8]] = []
        for seed in seeds { logits.append(answer.logits(seed)) }
        if let wrong { logits[wrong][0] ^= 1 }
        return try Model(
            manifest: model.manifest,
            frontEndTables: model.frontEndTables,
            tensors: model.tensors,
            selfTest: SelfTestVectors(seeds: seeds, logits: logits)
        )
    }

    @Test func holdsAModelToTheAnswersThatItBrings() throws {
        let directory = try TemporaryDirectory()
        let right = try directory.write(model().bytes, to: "right.affect")
        #expect(try SelfTest.run(right).contains("4 test vectors answered as where it was made"))
        let wrong = try directory.write(model(wrong: 2).bytes, to: "wrong.affect")
        #expect {
            try SelfTest.run(wrong)
        } throws: {
            guard case .selfTestFailed(_, let reason)? = $0 as? DaemonError else { return false }
            return reason.hasPrefix("test vector 2: expected the logits")
        }
    }

    @Test func passesForAModelThatAnswersToItsInput() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(SampleModel.int8().bytes, to: "m.affect")
        #expect(try SelfTest.run(path).contains("passed"))
    }
}
