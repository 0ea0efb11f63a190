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
    /// Frames that were lost by that, from the time between the last frame before and the first after.
    public private(set) var lostFrameCount: UInt64 = 0
    /// How often a device was opened that had worked before.
    public private(set) var reopenCount = 0
    /// Attempts to open a device, and reads of one that is stalled: what the microphone does while nothing is
    /// heard.
    public private(set) var effortCount: UInt64 = 0
    /// Who gets the samples.
    public weak var delegate: (any MicrophoneDelegate)?

    private var options: MicrophoneOptions
    private let loop: EventLoop
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
    /// Frames came since the device was started, at the beginning or after an overrun.
    private var hasFrames = false
    private var hasRun = false
    private var lastFramesMicroseconds: UInt64 = 0
    /// Frames of nothing but zeros since the last other one.
    private var zeroFrames = 0
    /// Something changed in the device folders, and the next attempt is for that.
    private var isSettling = false

    /// What udev needs to set the permissions of a new device.
    private static let settleMicroseconds: UInt64 = 300_000
    /// How late a look at the progress may come, so that it wakes the process up together with samples.
    private static let accuracyMicroseconds: UInt64 = 1_000_000

    /// Prepares a microphone; nothing is opened before `start()`.
    ///
    /// - Parameter deviceFolders: where something happens when a microphone comes or goes.
    /// - Throws: `SystemIntegrationError.call` when the loop or inotify cannot take more.
    public init(
        _ options: MicrophoneOptions,
        on loop: EventLoop,
        deviceFolders: [String] = ["/dev", "/dev/snd"]
    ) throws(SystemIntegrationError) {
        self.options = options
        self.loop = loop
        retryTimer = try loop.timer { [weak self] in self?.open() }
        progressTimer = try loop.timer(accuracyMicroseconds: Self.accuracyMicroseconds) {
            [weak self] in self?.checkProgress()
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

    /// Changes the options; an open device is closed and the one they name is opened.
    public func configure(_ new: MicrophoneOptions) {
        guard new != options else { return }
        options = new
        guard state != .closed, state != .starting else { return }
        release()
        start()
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

    /// How long neither samples nor efforts may come while all is well, in microseconds; `nil` when none are
    /// expected.
    public var patienceMicroseconds: UInt64? {
        // Progress is looked at once in the time of a stall, so a stall is found within twice of it.
        let stall = 2 * options.stallMicroseconds + 2 * Self.accuracyMicroseconds
        return switch state {
        case .starting, .closed: nil
        case .running: stall
        case .noDevice, .busy, .stalled: stall + BackOff.longestMicroseconds
        }
    }

    private func open() {
        isSettling = false
        guard device == nil else { return }
        effortCount += 1
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
        hasFrames = false
        zeroFrames = 0
        lastFramesMicroseconds = Clock.monotonicMicroseconds
        if hasRun { reopenCount += 1 }
        hasRun = true
        progressTimer?.arm(afterMicroseconds: options.stallMicroseconds)
        // The loop delivers no sample before the delegate has prepared for the format. A device that
        // stalled has to show one first, or a dead one would seem to run after each attempt.
        if let device, !isStalled { change(to: .running(device.parameters)) }
    }

    private var isStalled: Bool {
        if case .stalled = state { true } else { false }
    }

    private func chooseDevice() throws(AudioCaptureError) -> String {
        guard let name = options.name else { return try CaptureDevice.only().name }
        return try DeviceName(name).resolved(among: CaptureDevice.all)
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
        if !device.readiness(&polled).isEmpty { takeSamples() }
    }

    private func takeSamples() {
        guard let device else { return }
        // A full buffer is ten reads; more would keep the rest of the loop waiting.
        for _ in 0..<16 {
            var span = samples.mutableSpan
            switch device.read(into: &span) {
            case .frames(let count):
                hasProgress = true
                hasFrames = true
                guard followZeros(count, device) else { return }
                lastFramesMicroseconds = Clock.monotonicMicroseconds
                if isStalled {
                    guard zeroFrames == 0 else {
                        effortCount += 1
                        continue
                    }
                    change(to: .running(device.parameters))
                }
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
                // The card filled its buffer: it was the process that stood still. Without a frame since the
                // last overrun it is the card.
                hasProgress = hasProgress || hasFrames
                hasFrames = false
                countLostFrames(device.parameters.format)
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

    /// Counts zeros; a device that has given nothing else for too long is closed and tried again.
    ///
    /// - Returns: whether the device is still open.
    private func followZeros(_ frameCount: Int, _ device: PCMDevice) -> Bool {
        guard options.zerosMicroseconds > 0 else { return true }
        let format = device.parameters.format
        guard isZero(samples, count: frameCount * format.channelCount) else {
            zeroFrames = 0
            return true
        }
        zeroFrames += frameCount
        let limit = Int(options.zerosMicroseconds) / 1000 * format.sampleRate / 1000
        guard zeroFrames >= limit else { return true }
        stall("nothing but zeros for \(options.zerosMicroseconds / 1_000_000) s")
        return false
    }

    /// What was in the card's buffer is dropped by the restart, so everything since the last read is lost.
    private func countLostFrames(_ format: StreamFormat) {
        let now = Clock.monotonicMicroseconds
        lostFrameCount += (now - lastFramesMicroseconds) * UInt64(format.sampleRate) / 1_000_000
        lastFramesMicroseconds = now
    }

    private func stall(_ reason: String) {
        release()
        change(to: .stalled(reason: "\(reason); opening again"))
        retryTimer?.arm(afterMicroseconds: backOff.nextMicroseconds())
    }

    private func checkProgress() {
        // After the process stood still, frames or an overrun wait to be seen beside this timer.
        if !hasProgress { takeSamples() }
        guard device != nil else { return }
        guard hasProgress else {
            stall("no samples for \(options.stallMicroseconds / 1000) ms")
            return
        }
        hasProgress = false
        // Zeros are no progress: a device that gives nothing else is tried ever more rarely.
        if !isStalled { backOff.reset() }
        progressTimer?.arm(afterMicroseconds: options.stallMicroseconds)
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
            change(to: .busy(reason: error.description + Self.holders()))
        } else {
            change(to: .noDevice(reason: error.description))
        }
        retryTimer?.arm(afterMicroseconds: backOff.nextMicroseconds())
    }

    /// Who has capture devices open, in words; nothing where the kernel does not tell.
    private static func holders() -> String {
        let holders = CaptureHolder.all().map(\.description)
        return holders.isEmpty ? "" : "; open: " + holders.joined(separator: ", ")
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

/// Whether the first samples are nothing but zeros.
private func isZero(_ samples: [Int16], count: Int) -> Bool {
    for index in 0..<count where samples[index] != 0 { return false }
    return true
}
