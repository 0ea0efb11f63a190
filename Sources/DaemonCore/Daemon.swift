import AudioCapture
import DaemonConfiguration
import EventProtocol
import Glibc
import JSONText
import Recognition
import SystemIntegration
import Varlink

/// `affectd` as a service: microphone in, events out on the socket and in the journal.
package final class Daemon {
    /// The way from samples to events.
    let hearing: Hearing
    /// Which models come and go; `nil` where there is no folder to keep them in.
    let manager: ModelManager?
    /// What is in force.
    package private(set) var configuration: Configuration
    let startedMicroseconds = Clock.monotonicMicroseconds
    /// What is true now.
    package private(set) var state: StateSnapshot
    /// The number of the last message.
    package private(set) var sequence: UInt64 = 0
    package let microphone: Microphone

    let loop: EventLoop
    private let notifier: ServiceNotifier
    var log: MessageLog
    private let muteKeeper: MuteKeeper
    private(set) var server: VarlinkServer?
    private var sources: [EventSource] = []
    private var muteTimer: EventSource?
    private var holdTimer: EventSource?
    /// Why the microphone is closed next, for the event that tells it.
    private var closing: Cause?
    private var captureTrouble: [String] = []
    private var configurationTrouble: String?
    /// The last utterance and mood, without the state; a mute forgets them.
    private(set) var lastUtterance: Message?
    private(set) var lastMood: Message?
    /// Why the capture is as it is, in words.
    private(set) var captureReason = "not opened yet"
    /// Until when overruns are counted and not told.
    private var quietUntilMicroseconds: UInt64 = 0
    private var watchdog: Watchdog?
    /// Reads the configuration again.
    private let rereadConfiguration: () throws(DaemonError) -> Configuration

    private static let overrunQuietMicroseconds: UInt64 = 60_000_000

    /// Prepares the service; nothing is opened before `start(listener:)`.
    ///
    /// - Parameters:
    ///   - manager: what has chosen the models; `nil` where none can be installed.
    ///   - rereadConfiguration: what a reload puts in the place of the configuration.
    /// - Throws: `system` when the event loop cannot take what it must wait for.
    package init(
        models: ModelSet,
        manager: ModelManager? = nil,
        configuration: Configuration,
        rereadConfiguration: @escaping () throws(DaemonError) -> Configuration,
        loop: EventLoop,
        notifier: ServiceNotifier,
        journal: Journal
    ) throws(DaemonError) {
        hearing = Hearing(models)
        self.manager = manager
        self.configuration = configuration
        self.rereadConfiguration = rereadConfiguration
        self.loop = loop
        self.notifier = notifier
        log = MessageLog(journal: journal, mode: JournalMode(configuration))
        muteKeeper = MuteKeeper(
            MuteStore(folder: configuration.text(.stateFolder)),
            beside: loop
        )
        state = StateSnapshot(capture: .starting, model: models.emotion.reference)
        do throws(SystemIntegrationError) {
            microphone = try Microphone(MicrophoneOptions(configuration), on: loop)
        } catch {
            throw .system(error)
        }
        hearing.delegate = self
        manager?.delegate = self
        updateModels()
    }

    /// Opens the microphone and the socket; SIGTERM and SIGINT end the loop, SIGHUP
    /// reads the configuration anew.
    ///
    /// - Throws: `socket`, `system`.
    package func start(listener: consuming FileDescriptor) throws(DaemonError) {
        do throws(SystemIntegrationError) {
            server = try VarlinkServer(
                listener: listener,
                service: self,
                on: loop,
                limits: VarlinkLimits(configuration)
            )
        } catch {
            throw .socket(error)
        }
        microphone.delegate = self
        do throws(SystemIntegrationError) {
            for signal in [SIGTERM, SIGINT] {
                sources.append(try loop.watch(signal: signal) { [unowned self] in stop() })
            }
            sources.append(try loop.watch(signal: SIGHUP) { [unowned self] in reload() })
            watchdog = try Watchdog(notifier, on: loop) { [unowned self] in
                Watchdog.Progress(
                    mark: hearing.frameCount + microphone.effortCount,
                    patienceMicroseconds: microphone.patienceMicroseconds
                )
            } complain: { [unowned self] in
                complain($0)
            }
            publish(
                .model(
                    .activated,
                    models.emotion.reference,
                    reason: "loaded from \(models.emotion.path)"
                )
            )
            if let speech = models.speech {
                publish(
                    .model(.activated, speech.reference, reason: "loaded from \(speech.path)")
                )
            }
            for notice in manager?.takeNotices() ?? [] {
                publish(.model(notice.change, notice.model, reason: notice.reason))
            }
            try manager?.startTaking()
            muteTimer = try loop.timer { [unowned self] in
                unmute(Cause("the time of the mute is over"))
            }
            holdTimer = try loop.timer { [unowned self] in
                release(Cause("the time of the hold is over"))
            }
            switch muteKeeper.load() {
            case .no: microphone.start()
            case .yes(let remaining):
                mute(forMicroseconds: remaining, Cause("muted since before the start"))
            }
            notifier.ready(status: statusLine)
        } catch {
            throw .system(error)
        }
    }

    /// Ends the running speech, closes the microphone and leaves the loop.
    package func stop() {
        notifier.stopping()
        hearing.finishSpeech()
        closing = Cause("affectd ends")
        microphone.stop()
        muteKeeper.finish()
        manager?.end()
        loop.exit(code: 0)
    }

    /// Reads the configuration anew and takes over what can change in a running daemon.
    package func reload() {
        notifier.reloading()
        do throws(DaemonError) {
            let new = try rereadConfiguration()
            let changed = new.differences(from: configuration)
            configuration = new
            configurationTrouble = nil
            manager?.configuration = new
            updateModels()
            apply(changed.filter(\.definition.isReloadable))
            publish(.state(changed: ["configuration"], reason: Self.describe(changed)))
        } catch {
            let reason = "the configuration is not reloaded, the one before stays: \(error)"
            configurationTrouble = reason
            updateDegraded()
            publish(.state(changed: ["degraded"], reason: reason))
        }
        manager?.chooseAgain()
        manager?.takeAll()
        notifier.ready(status: statusLine)
    }

    /// What a reload did, in words.
    private static func describe(_ changed: [Setting]) -> String {
        func names(_ settings: [Setting]) -> String {
            settings.map(\.rawValue).joined(separator: ", ")
        }
        let applied = changed.filter(\.definition.isReloadable)
        let waiting = changed.filter { !$0.definition.isReloadable }
        var words = "configuration reloaded: "
        words += applied.isEmpty ? "nothing changed" : "\(names(applied)) changed"
        if !waiting.isEmpty { words += "; for \(names(waiting)) affectd must start again" }
        return words
    }

    private func apply(_ changed: [Setting]) {
        log.mode = JournalMode(configuration)
        server?.limits = VarlinkLimits(configuration)
        let sections = Set(changed.map(\.section))
        if !sections.isDisjoint(with: ["decision", "gate"]) {
            do throws(DaemonError) {
                try hearing.change(RecognizerOptions(configuration))
            } catch {
                captureTrouble.append(error.description)
                updateDegraded()
            }
        }
        if sections.contains("microphone") {
            microphone.configure(MicrophoneOptions(configuration))
        }
    }

    private func complain(_ progress: Watchdog.Progress) {
        log.write(
            JournalEntry(
                "nothing from the microphone has reached the recogniser for"
                    + " \((progress.patienceMicroseconds ?? 0) / 1_000_000) s, although the state is"
                    + " \(state.capture.rawValue): systemd is left to restart affectd",
                priority: .error,
                messageID: JournalMessageID.wedged.rawValue,
                fields: [(name: "AFFECT_CAPTURE", value: state.capture.rawValue)]
            )
        )
    }

    /// Numbers an event, dates it, and sends it to everybody who wants it.
    func publish(_ event: Event, from peer: PeerCredentials? = nil) {
        sequence += 1
        let message = message(event)
        remember(message)
        if let server, server.hasSubscribers { server.publish(message.json) }
        log.write(message, from: peer)
    }

    private func remember(_ message: Message) {
        var message = message
        message.state = nil
        switch message.event {
        case .utterance: lastUtterance = message
        case .mood: lastMood = message
        default: break
        }
    }

    /// The models that answer.
    package var models: ModelSet { hearing.models }

    /// Utterances that were answered.
    package var utteranceCount: Int { hearing.utteranceCount }

    /// The message of an event, with the number of the last one sent.
    func message(_ event: Event) -> Message {
        var state = state
        switch event {
        case .state, .model: break
        // The other models have nothing to do with what is heard.
        default: state.models = nil
        }
        return Message(
            sequence: sequence,
            time: .clock(
                monotonicMicroseconds: Clock.monotonicMicroseconds,
                wallClockMicroseconds: Clock.wallClockMicroseconds
            ),
            event: event,
            state: state
        )
    }

    /// One line for `systemctl status`.
    private var statusLine: String {
        switch microphone.state {
        case .running(let parameters): "\(state.summary) on \(parameters.description)"
        case .noDevice(let reason), .busy(let reason), .stalled(let reason):
            "\(state.summary): \(reason)"
        case .starting, .closed: state.summary
        }
    }

    private func updateDegraded() {
        state.degraded =
            captureTrouble + [muteKeeper.trouble, configurationTrouble].compactMap { $0 }
            + (manager?.trouble ?? [])
            + models.skipped.map { "left out: \($0)" }
    }
}

extension Daemon {
    /// Closes the microphone until `unmute`, or for a time, also over a restart.
    ///
    /// - Parameter completion: called when the mute is kept, or cannot be.
    func mute(
        forMicroseconds duration: UInt64?,
        _ cause: Cause,
        completion: @escaping () -> Void = {}
    ) {
        hearing.forgetVoice()
        lastUtterance = nil
        lastMood = nil
        state.muted = true
        state.mutedUntilMicroseconds = duration.map { Clock.monotonicMicroseconds + $0 }
        if let duration {
            muteTimer?.arm(afterMicroseconds: duration)
        } else {
            muteTimer?.disarm()
        }
        if microphone.state == .closed {
            publish(.state(changed: ["muted"], reason: cause.words), from: cause.peer)
        } else {
            // The event that tells of the closed device tells of the mute, too.
            closing = cause
            closing?.changed = ["muted"]
            microphone.stop()
        }
        keep(.yes(remainingMicroseconds: duration), completion)
    }

    /// Opens the microphone again.
    ///
    /// - Parameter completion: called when that is kept, or cannot be.
    func unmute(_ cause: Cause, completion: @escaping () -> Void = {}) {
        if state.muted {
            state.muted = false
            state.mutedUntilMicroseconds = nil
            muteTimer?.disarm()
            publish(.state(changed: ["muted"], reason: cause.words), from: cause.peer)
            microphone.start()
        }
        keep(.no, completion)
    }

    /// Ignores what is heard for a time; running speech ends here.
    func hold(forMicroseconds duration: UInt64, _ cause: Cause) {
        hearing.finishSpeech()
        state.heldUntilMicroseconds = Clock.monotonicMicroseconds + duration
        holdTimer?.arm(afterMicroseconds: duration)
        publish(.state(changed: ["heldUntil"], reason: cause.words), from: cause.peer)
    }

    /// Listens again after a hold.
    func release(_ cause: Cause) {
        guard state.heldUntilMicroseconds != nil else { return }
        state.heldUntilMicroseconds = nil
        holdTimer?.disarm()
        publish(.state(changed: ["heldUntil"], reason: cause.words), from: cause.peer)
    }

    private func keep(_ mute: MuteStore.Mute, _ completion: @escaping () -> Void) {
        muteKeeper.keep(mute) { [weak self] in
            self?.tellTrouble("what was wrong with the mute is over") { $0.updateDegraded() }
            completion()
        }
    }

    /// Tells what works less well behind an update, or that all of it is over.
    private func tellTrouble(_ relief: String, behind update: (Daemon) -> Void) {
        let before = state.degraded
        update(self)
        guard state.degraded != before else { return }
        let new = state.degraded.filter { !before.contains($0) }
        let words = new.isEmpty ? relief : new.joined(separator: "; ")
        publish(.state(changed: ["degraded"], reason: words))
    }
}

extension Daemon: MicrophoneDelegate {
    package func microphoneChanged(to new: MicrophoneState) {
        // Behind another opening of a microphone may be another microphone, or another person.
        hearing.forgetVoice()
        let reason: String
        var cause: Cause?
        captureTrouble = []
        switch new {
        case .starting:
            state.capture = .starting
            reason = "not opened yet"
        case .running(let parameters):
            do throws(DaemonError) {
                try hearing.prepare(for: parameters.format, RecognizerOptions(configuration))
            } catch {
                captureTrouble.append(error.description)
            }
            state.capture = .running
            reason = parameters.description
            if parameters.bufferMilliseconds < 1000 {
                captureTrouble.append(
                    "the card's buffer of \(parameters.bufferMilliseconds) ms is shorter than 1 s"
                )
            }
        case .noDevice(let words):
            state.capture = .noDevice
            reason = words
        case .busy(let words):
            state.capture = .busy
            reason = words
        case .stalled(let words):
            state.capture = .stalled
            reason = words
        case .closed:
            state.capture = .closed
            cause = closing
            reason = closing?.words ?? "closed on request"
            closing = nil
        }
        captureReason = reason
        updateDegraded()
        publish(
            .state(changed: ["capture"] + (cause?.changed ?? []), reason: reason),
            from: cause?.peer
        )
        notifier.status(statusLine)
    }

    package func microphoneCaptured(_ samples: Span<Int16>) {
        let isHeld = state.heldUntilMicroseconds != nil
        if let effort = hearing.hear(samples, isHeld: isHeld) { manager?.judge(effort) }
        guard !isHeld else { return }
        microphone.wake(every: state.speech ? .speech : .silence)
    }

    package func microphoneOverran() {
        hearing.finishSpeech()
        // The count in `GetInfo` is complete; the journal hears of it once a minute.
        let now = Clock.monotonicMicroseconds
        guard now >= quietUntilMicroseconds else { return }
        quietUntilMicroseconds = now + Self.overrunQuietMicroseconds
        publish(
            .state(
                changed: ["overruns"],
                reason: "overrun \(microphone.overrunCount): samples are lost, capture goes on"
            )
        )
    }
}

extension Daemon: HearingDelegate {
    var isOnProbation: Bool { manager?.probation != nil }

    func heard(_ event: Event) {
        switch event {
        case .speechStarted: state.speech = true
        case .speechStopped: state.speech = false
        default: break
        }
        publish(event)
    }

    func tookOver(reason: String) {
        updateModels()
        publish(.model(.activated, state.model, reason: reason))
    }
}

extension Daemon: ModelManagerDelegate {
    func modelChanged(
        _ change: Event.ModelChange,
        _ model: ModelReference?,
        reason: String,
        by peer: PeerCredentials?
    ) {
        updateModels()
        publish(.model(change, model, reason: reason), from: peer)
    }

    func factsChanged() {
        tellTrouble("what was wrong with the models is over") { $0.updateModels() }
    }

    func use(_ model: LoadedModel, reason: String) {
        updateModels()
        do throws(RecognizerError) {
            try hearing.adopt(model, reason: reason, RecognizerOptions(configuration))
        } catch {
            captureTrouble.append("\(error)")
            updateDegraded()
        }
    }

    /// Tells the state what the manager knows.
    private func updateModels() {
        var running = models.emotion.reference
        if let phase = manager?.record.phase(of: running.digest) { running.phase = phase }
        state.model = running
        state.models = manager?.snapshot
        updateDegraded()
    }
}
