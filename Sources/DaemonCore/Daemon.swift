import AudioCapture
import DaemonConfiguration
import EventProtocol
import Glibc
import JSONText
import ModelDescription
import ModelFile
import Recognition
import SystemIntegration
import Varlink

/// `affectd` as a service: microphone in, events out on the socket and in the journal.
package final class Daemon {
    package private(set) var models: ModelSet
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
    private var translator: EventTranslator
    private(set) var server: VarlinkServer?
    private var recognizer: Recognizer?
    /// The model that takes over between two windows, and why.
    private var successor: (model: LoadedModel, reason: String)?
    private var format: StreamFormat?
    private var sources: [EventSource] = []
    private var incomingWatcher: DirectoryWatcher?
    private var incomingTimer: EventSource?
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
    private(set) var capturedFrameCount: UInt64 = 0
    package private(set) var utteranceCount = 0
    private(set) var windowCount = 0
    /// Until when overruns are counted and not told.
    private var quietUntilMicroseconds: UInt64 = 0
    private var watchdog: EventSource?
    private var liveness = Liveness()
    /// Answers of the last call of the recogniser that a model on probation gave.
    private var watched: [Answer] = []
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
        self.models = models
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
        translator = EventTranslator(labels: models.emotion.model.manifest.labels)
        state = StateSnapshot(capture: .starting, model: models.emotion.reference)
        do throws(SystemIntegrationError) {
            microphone = try Microphone(MicrophoneOptions(configuration), on: loop)
        } catch {
            throw .system(error)
        }
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
            try startWatchdog()
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
            try startWatchingIncoming()
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
        finishSpeech()
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
        // Whoever puts files into the folder and reloads says that they are complete.
        manager?.declareComplete()
        takeIncoming()
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
        if !sections.isDisjoint(with: ["decision", "gate"]), let format {
            finishSpeech()
            recognizer = nil
            prepare(for: format)
        }
        if sections.contains("microphone") {
            microphone.configure(MicrophoneOptions(configuration))
        }
    }

    /// Tells systemd that the loop turns and that the way from the microphone to the recogniser is open.
    ///
    /// A microphone that delivers nothing is no reason to be restarted: it opens the device again itself, and
    /// the attempts are its progress.
    private func startWatchdog() throws(SystemIntegrationError) {
        guard let interval = notifier.watchdogMicroseconds else { return }
        watchdog = try loop.timer(accuracyMicroseconds: interval / 8) { [unowned self] in
            keepAlive(every: interval / 2, retryingAfter: interval / 8)
        }
        watchdog?.arm(afterMicroseconds: interval / 2)
    }

    private func keepAlive(every interval: UInt64, retryingAfter retry: UInt64) {
        let now = Clock.monotonicMicroseconds
        let patience = microphone.patienceMicroseconds
        guard
            liveness.hasProgress(
                mark: capturedFrameCount + microphone.effortCount,
                patienceMicroseconds: patience,
                atMicroseconds: now
            )
        else {
            log.write(
                JournalEntry(
                    "nothing from the microphone has reached the recogniser for"
                        + " \((patience ?? 0) / 1_000_000) s, although the state is"
                        + " \(state.capture.rawValue): systemd is left to restart affectd",
                    priority: .error,
                    messageID: JournalMessageID.wedged.rawValue,
                    fields: [(name: "AFFECT_CAPTURE", value: state.capture.rawValue)]
                )
            )
            watchdog?.arm(afterMicroseconds: retry)
            return
        }
        notifier.watchdog()
        watchdog?.arm(afterMicroseconds: interval)
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

    /// Level of what is heard now, tenths of dBFS; the lowest without a microphone.
    var levelDecibelTenths: Int { recognizer?.level ?? -1200 }

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
    /// Why something is done, and who asked for it.
    struct Cause {
        let words: String
        let peer: PeerCredentials?
        /// The facts that change with it.
        var changed: [String] = []

        init(_ words: String, by peer: PeerCredentials? = nil) {
            self.words = peer.map { "\(words) by \($0)" } ?? words
            self.peer = peer
        }
    }

    /// Closes the microphone until `unmute`, or for a time, also over a restart.
    ///
    /// - Parameter completion: called when the mute is kept, or cannot be.
    func mute(
        forMicroseconds duration: UInt64?,
        _ cause: Cause,
        completion: @escaping () -> Void = {}
    ) {
        finishSpeech()
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
        finishSpeech()
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
        finishSpeech()
        let reason: String
        var cause: Cause?
        captureTrouble = []
        switch new {
        case .starting:
            state.capture = .starting
            reason = "not opened yet"
        case .running(let parameters):
            prepare(for: parameters.format)
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
        guard let format, recognizer != nil else { return }
        let frames = samples.count / format.channelCount
        capturedFrameCount += UInt64(frames)
        guard state.heldUntilMicroseconds == nil else { return }
        let isWatching = manager?.probation != nil && successor == nil
        let startMicroseconds = isWatching ? Clock.threadProcessorMicroseconds : 0
        let before = utteranceCount + windowCount
        let arrivedFrames = (recognizer?.position ?? 0) + Int64(frames)
        let arrivedMicroseconds = arrivedFrames * 1_000_000 / Int64(format.sampleRate)
        var taken = 0
        while taken < samples.count {
            taken += recognizer?.process(samples.extracting(taken..<samples.count)) ?? 0
            publishEvents(arrivedMicroseconds: arrivedMicroseconds)
        }
        if isWatching {
            watchModel(
                answers: utteranceCount + windowCount - before,
                since: startMicroseconds,
                listeningMicroseconds: UInt64(frames) * 1_000_000 / UInt64(format.sampleRate)
            )
        }
        microphone.wake(every: state.speech ? .speech : .silence)
    }

    package func microphoneOverran() {
        finishSpeech()
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

    /// The same recogniser goes on after a break when the format is the same: it keeps the mood and
    /// what it knows of the noise.
    private func prepare(for new: StreamFormat) {
        guard new != format || recognizer == nil else { return }
        takeOver()
        do throws(DaemonError) {
            recognizer = try models.recognizer(
                for: AudioFormat(sampleRate: new.sampleRate, channelCount: new.channelCount),
                options: RecognizerOptions(configuration)
            )
            format = new
        } catch {
            recognizer = nil
            captureTrouble.append(error.description)
        }
    }

    private func finishSpeech() {
        guard let time = recognizer?.time else { return }
        recognizer?.finish()
        publishEvents(arrivedMicroseconds: time)
    }

    private func publishEvents(arrivedMicroseconds: Int64) {
        guard let count = recognizer?.events.count else { return }
        for index in 0..<count {
            guard let event = recognizer?.events[index] else { return }
            switch event {
            case .speechStarted: state.speech = true
            case .speechStopped: state.speech = false
            case .utterance(_, let answer, _):
                utteranceCount += 1
                if manager?.probation != nil, successor == nil { watched.append(answer) }
            case .emotion: windowCount += 1
            case .mood: break
            }
            publish(translator.event(event, arrivedMicroseconds: arrivedMicroseconds))
        }
        // What was told until now is still of the model before.
        if recognizer?.hasAdopted == true { takeOver() }
    }

    /// Lets the manager judge what the model on probation has done in this wake-up.
    private func watchModel(
        answers: Int,
        since startMicroseconds: UInt64,
        listeningMicroseconds: UInt64
    ) {
        let heard = watched
        watched.removeAll(keepingCapacity: true)
        for answer in heard { manager?.observe(answer) }
        manager?.observe(
            answers: answers,
            processorMicroseconds: Clock.threadProcessorMicroseconds - startMicroseconds,
            listeningMicroseconds: listeningMicroseconds
        )
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
        successor = (model: model, reason: reason)
        updateModels()
        watched.removeAll()
        guard recognizer != nil else { return takeOver() }
        do throws(RecognizerError) {
            let options = RecognizerOptions(configuration)
            recognizer?.adopt(try PreparedModel(model.model, options: options))
            if recognizer?.hasAdopted == true { takeOver() }
        } catch {
            // The manager has prepared it before, so this is the memory's fault and not the model's.
            takeOver()
            recognizer = nil
            captureTrouble.append("\(error)")
            updateDegraded()
        }
    }

    /// From here on the successor answers, if there is one.
    private func takeOver() {
        guard let next = successor else { return }
        successor = nil
        models = models.with(emotion: next.model)
        watched.removeAll()
        translator = EventTranslator(labels: next.model.model.manifest.labels)
        updateModels()
        publish(.model(.activated, state.model, reason: next.reason))
    }

    /// Tells the state what the manager knows.
    private func updateModels() {
        var running = models.emotion.reference
        if let phase = manager?.phase(of: running.digest) { running.phase = phase }
        state.model = running
        state.models = manager?.snapshot
        updateDegraded()
    }

    /// Takes models that are put into the folder of what comes in.
    private func startWatchingIncoming() throws(SystemIntegrationError) {
        guard let manager else { return }
        try? Directory.make(manager.incoming)
        incomingWatcher = try DirectoryWatcher([manager.incoming], wholeFiles: true, on: loop) {
            [unowned self] in takeIncoming()
        }
        incomingTimer = try loop.timer { [unowned self] in takeIncoming() }
        takeIncoming()
    }

    private func takeIncoming() {
        guard let manager, !manager.isTaking, let request = manager.waiting() else {
            return
        }
        take(request) { _ in }
    }

    /// Lets the manager take a model, and then those that have come in meanwhile, each in a turn of the
    /// loop of its own.
    func take(_ request: ModelRequest, completion: @escaping ModelManager.Completion) {
        manager?.take(request) { [weak self] result in
            completion(result)
            self?.incomingTimer?.arm(afterMicroseconds: 0)
        }
    }
}
