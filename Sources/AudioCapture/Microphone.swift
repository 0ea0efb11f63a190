import Glibc
import SystemIntegration

/// A microphone that may come and go: opens it, reads it, and tries again for ever.
///
/// No microphone is a state, not an error. Retries follow a back-off and whatever happens in `/dev` and
/// `/dev/snd`.
public final class Microphone {
    /// How often the process wakes up for samples.
    public enum WakeInterval: Int, Sendable {
        /// Somebody speaks: answers should come soon.
        case speech = 50
        /// Nobody speaks: sleep longer.
        case silence = 200
    }

    /// How the microphone is.
    public private(set) var state = MicrophoneState.starting
    /// How often frames were lost since the start of the process.
    public private(set) var overrunCount = 0
    /// Who gets the samples.
    public weak var delegate: (any MicrophoneDelegate)?

    private let configuredName: String?
    private let loop: EventLoop
    private let stallMicroseconds: UInt64
    private var retryTimer: EventSource?
    private var progressTimer: EventSource?
    private var watcher: DirectoryWatcher?
    private var device: PCMDevice?
    private var inputs: [EventSource] = []
    /// What ALSA wants to be polled, as it handed it out.
    private var polled: [pollfd] = []
    private var samples: [Int16] = []
    private var wakeInterval = WakeInterval.silence
    private var backOff = BackOff()
    private var hasProgress = false
    /// Something changed in the device folders, and the next attempt is for that.
    private var isSettling = false

    /// What udev needs to set the permissions of a new device.
    private static let settleMicroseconds: UInt64 = 300_000

    /// Prepares a microphone; nothing is opened before `start()`.
    ///
    /// - Parameters:
    ///   - name: an ALSA name, taken verbatim; `nil` for the only capture card there is.
    ///   - stallMicroseconds: after how long without a sample the device is opened again; noticed
    ///     after twice that time at the latest.
    ///   - deviceFolders: where something happens when a microphone comes or goes.
    /// - Throws: `SystemIntegrationError.call` when the loop or inotify cannot take more.
    public init(
        name: String?,
        on loop: EventLoop,
        stallMicroseconds: UInt64 = 5_000_000,
        deviceFolders: [String] = ["/dev", "/dev/snd"]
    ) throws(SystemIntegrationError) {
        configuredName = name
        self.stallMicroseconds = stallMicroseconds
        self.loop = loop
        retryTimer = try loop.timer { [weak self] in self?.open() }
        progressTimer = try loop.timer(accuracyMicroseconds: 1_000_000) { [weak self] in
            self?.checkProgress()
        }
        watcher = try DirectoryWatcher(deviceFolders, on: loop) { [weak self] in
            self?.devicesChanged()
        }
    }

    /// Opens the microphone, now or as soon as it is there.
    public func start() {
        backOff.reset()
        open()
    }

    /// Closes the microphone until `start()` is called.
    public func stop() {
        release()
        isSettling = false
        retryTimer?.disarm()
        change(to: .closed)
    }

    /// Chooses how often the process wakes up for samples.
    public func wake(every interval: WakeInterval) {
        guard interval != wakeInterval else { return }
        wakeInterval = interval
        do throws(AudioCaptureError) {
            try device?.setWakeInterval(milliseconds: interval.rawValue)
        } catch {
            fail(error)
        }
    }

    private func open() {
        isSettling = false
        guard device == nil else { return }
        do throws(AudioCaptureError) {
            let opened = try PCMDevice(name: chooseDevice())
            try opened.setWakeInterval(milliseconds: wakeInterval.rawValue)
            let format = opened.parameters.format
            samples = [Int16](repeating: 0, count: opened.framesPerRead * format.channelCount)
            device = opened
            try watchDescriptors(of: opened)
            try opened.start()
        } catch {
            fail(error)
            return
        }
        hasProgress = false
        progressTimer?.arm(afterMicroseconds: stallMicroseconds)
        // The loop delivers no sample before the delegate has prepared for the format. A device that
        // stalled has to show one first, or a dead one would seem to run after each attempt.
        if let device, !isStalled { change(to: .running(device.parameters)) }
    }

    private var isStalled: Bool {
        if case .stalled = state { true } else { false }
    }

    private func chooseDevice() throws(AudioCaptureError) -> String {
        if let configuredName { return configuredName }
        return try CaptureDevice.only().name
    }

    private func watchDescriptors(of opened: PCMDevice) throws(AudioCaptureError) {
        polled = opened.pollDescriptors()
        for (index, descriptor) in polled.enumerated() {
            // Errors are always reported, and epoll refuses the bits of poll that ask for them.
            let wanted = Readiness(rawValue: UInt32(UInt16(bitPattern: descriptor.events)))
            do throws(SystemIntegrationError) {
                inputs.append(
                    try loop.watch(
                        descriptor: descriptor.fd,
                        for: wanted.intersection([.readable, .writable])
                    ) { [weak self] readiness in self?.takeInput(readiness, of: index) }
                )
            } catch {
                throw .cannotWait(device: opened.parameters.device, error)
            }
        }
    }

    private func takeInput(_ readiness: Readiness, of index: Int) {
        guard let device else { return }
        for other in polled.indices { polled[other].revents = 0 }
        polled[index].revents = Int16(truncatingIfNeeded: readiness.rawValue)
        guard !device.readiness(&polled).isEmpty else { return }
        // A full buffer is ten reads; more would keep the rest of the loop waiting.
        for _ in 0..<16 {
            var span = samples.mutableSpan
            switch device.read(into: &span) {
            case .frames(let count):
                hasProgress = true
                if isStalled { change(to: .running(device.parameters)) }
                delegate?.microphoneCaptured(
                    samples.span.extracting(
                        first: count * device.parameters.format.channelCount
                    )
                )
                // Less than asked for: the card has no more. The delegate may have closed it, too.
                if count < device.framesPerRead || self.device !== device { return }
            case .wouldBlock:
                return
            case .overrun:
                overrunCount += 1
                delegate?.microphoneOverran()
            case .failed(let errorNumber):
                fail(
                    .device(
                        name: device.parameters.device,
                        call: "read",
                        errorNumber: errorNumber,
                        detail: ""
                    )
                )
                return
            }
        }
    }

    private func checkProgress() {
        guard device != nil else { return }
        guard hasProgress else {
            release()
            change(
                to: .stalled(
                    reason: "no samples for \(stallMicroseconds / 1000) ms; opening again"
                )
            )
            retryTimer?.arm(afterMicroseconds: backOff.nextMicroseconds())
            return
        }
        hasProgress = false
        backOff.reset()
        progressTimer?.arm(afterMicroseconds: stallMicroseconds)
    }

    /// Something came or went in `/dev`: try soon, even if the last wait was long.
    private func devicesChanged() {
        // One settling at a time, or a stream of changes would postpone the attempt without end.
        guard device == nil, !isSettling, state != .closed, state != .starting else { return }
        isSettling = true
        backOff.reset()
        retryTimer?.arm(afterMicroseconds: Self.settleMicroseconds)
    }

    private func fail(_ error: AudioCaptureError) {
        release()
        if case .device(_, _, EBUSY, _) = error {
            change(to: .busy(reason: error.description))
        } else {
            change(to: .noDevice(reason: error.description))
        }
        retryTimer?.arm(afterMicroseconds: backOff.nextMicroseconds())
    }

    private func release() {
        inputs.removeAll()
        device = nil
        progressTimer?.disarm()
    }

    private func change(to new: MicrophoneState) {
        guard new != state else { return }
        state = new
        delegate?.microphoneChanged(to: new)
    }
}
