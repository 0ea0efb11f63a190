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
    package let models: ModelSet
    /// What is in force.
    package private(set) var configuration: Configuration
    let startedMicroseconds = Clock.monotonicMicroseconds
    /// What is true now.
    package private(set) var state: StateSnapshot
    /// The number of the last message.
    private(set) var sequence: UInt64 = 0
    let microphone: Microphone

    private let loop: EventLoop
    private let notifier: ServiceNotifier
    private var log: MessageLog
    private let translator: EventTranslator
    private var server: VarlinkServer?
    private var recognizer: Recognizer?
    private var format: StreamFormat?
    private var sources: [EventSource] = []
    /// Until when overruns are counted and not told.
    private var quietUntilMicroseconds: UInt64 = 0
    private var watchdog: EventSource?
    /// Reads the configuration again.
    private let rereadConfiguration: () throws(DaemonError) -> Configuration

    private static let overrunQuietMicroseconds: UInt64 = 60_000_000

    /// Prepares the service; nothing is opened before `start(listener:)`.
    ///
    /// - Parameter rereadConfiguration: what a reload puts in the place of the configuration.
    /// - Throws: `system` when the event loop cannot take what it must wait for.
    package init(
        models: ModelSet,
        configuration: Configuration,
        rereadConfiguration: @escaping () throws(DaemonError) -> Configuration,
        loop: EventLoop,
        notifier: ServiceNotifier,
        journal: Journal
    ) throws(DaemonError) {
        self.models = models
        self.configuration = configuration
        self.rereadConfiguration = rereadConfiguration
        self.loop = loop
        self.notifier = notifier
        log = MessageLog(journal: journal, mode: JournalMode(configuration))
        translator = EventTranslator(labels: models.emotion.model.manifest.labels)
        state = StateSnapshot(capture: .starting, model: models.emotion.reference)
        do throws(SystemIntegrationError) {
            microphone = try Microphone(MicrophoneOptions(configuration), on: loop)
        } catch {
            throw .system(error)
        }
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
            microphone.start()
            notifier.ready(status: statusLine)
        } catch {
            throw .system(error)
        }
    }

    /// Ends the running speech, closes the microphone and leaves the loop.
    package func stop() {
        notifier.stopping()
        finishSpeech()
        microphone.stop()
        loop.exit(code: 0)
    }

    /// Reads the configuration anew and takes over what can change in a running daemon.
    package func reload() {
        notifier.reloading()
        do throws(DaemonError) {
            let new = try rereadConfiguration()
            let changed = new.differences(from: configuration)
            configuration = new
            apply(changed.filter(\.definition.isReloadable))
            publish(.state(changed: ["configuration"], reason: Self.describe(changed)))
        } catch {
            publish(
                .state(
                    changed: [],
                    reason: "the configuration is not reloaded, the one before stays: \(error)"
                )
            )
        }
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

    /// Tells systemd that the loop turns.
    ///
    /// A microphone without progress is no reason to be restarted: it opens the device again itself.
    private func startWatchdog() throws(SystemIntegrationError) {
        guard let interval = notifier.watchdogMicroseconds else { return }
        watchdog = try loop.timer(accuracyMicroseconds: interval / 8) { [unowned self] in
            notifier.watchdog()
            watchdog?.arm(afterMicroseconds: interval / 2)
        }
        watchdog?.arm(afterMicroseconds: interval / 2)
    }

    /// Numbers an event, dates it, and sends it to everybody who wants it.
    private func publish(_ event: Event) {
        sequence += 1
        let message = message(event)
        if let server, server.hasSubscribers { server.publish(message.json) }
        log.write(message)
    }

    /// The message of an event, with the number of the last one sent.
    func message(_ event: Event) -> Message {
        Message(
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
}

extension Daemon: MicrophoneDelegate {
    package func microphoneChanged(to new: MicrophoneState) {
        finishSpeech()
        let reason: String
        state.degraded = []
        switch new {
        case .starting:
            state.capture = .starting
            reason = "not opened yet"
        case .running(let parameters):
            prepare(for: parameters.format)
            state.capture = .running
            reason = parameters.description
            if parameters.bufferMilliseconds < 1000 {
                state.degraded.append(
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
            reason = "closed on request"
        }
        publish(.state(changed: ["capture"], reason: reason))
        notifier.status(statusLine)
    }

    package func microphoneCaptured(_ samples: Span<Int16>) {
        guard let format, recognizer != nil else { return }
        let frames = samples.count / format.channelCount
        let arrivedFrames = (recognizer?.position ?? 0) + Int64(frames)
        let arrivedMicroseconds = arrivedFrames * 1_000_000 / Int64(format.sampleRate)
        var taken = 0
        while taken < samples.count {
            taken += recognizer?.process(samples.extracting(taken..<samples.count)) ?? 0
            publishEvents(arrivedMicroseconds: arrivedMicroseconds)
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
        do throws(DaemonError) {
            recognizer = try models.recognizer(
                for: AudioFormat(sampleRate: new.sampleRate, channelCount: new.channelCount),
                options: RecognizerOptions(configuration)
            )
            format = new
        } catch {
            recognizer = nil
            state.degraded.append(error.description)
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
            default: break
            }
            publish(translator.event(event, arrivedMicroseconds: arrivedMicroseconds))
        }
    }
}
