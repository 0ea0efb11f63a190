import SystemIntegration

/// Tells systemd that the loop turns and that the way from the microphone to the recogniser is open.
///
/// A microphone that delivers nothing is no reason to be restarted: it opens the device again itself, and the
/// attempts are its progress.
final class Watchdog {
    /// How far things have come.
    struct Progress {
        /// A count that grows with progress.
        let mark: UInt64
        /// How long it may stay as it is; `nil` where none is expected.
        let patienceMicroseconds: UInt64?
    }

    private let notifier: ServiceNotifier
    private let intervalMicroseconds: UInt64
    private let progress: () -> Progress
    private let complain: (Progress) -> Void
    private var liveness = Liveness()
    private var timer: EventSource?

    /// Begins, where somebody wants signs of life.
    ///
    /// - Parameter complain: told each time when a sign of life is not given.
    /// - Throws: `SystemIntegrationError.call` when the kernel has no timer left.
    init?(
        _ notifier: ServiceNotifier,
        on loop: EventLoop,
        progress: @escaping () -> Progress,
        complain: @escaping (Progress) -> Void
    ) throws(SystemIntegrationError) {
        guard let interval = notifier.watchdogMicroseconds else { return nil }
        self.notifier = notifier
        self.progress = progress
        self.complain = complain
        intervalMicroseconds = interval
        timer = try loop.timer(accuracyMicroseconds: interval / 8) { [unowned self] in look() }
        timer?.arm(afterMicroseconds: interval / 2)
    }

    private func look() {
        let progress = progress()
        guard
            liveness.hasProgress(
                mark: progress.mark,
                patienceMicroseconds: progress.patienceMicroseconds,
                atMicroseconds: Clock.monotonicMicroseconds
            )
        else {
            complain(progress)
            timer?.arm(afterMicroseconds: intervalMicroseconds / 8)
            return
        }
        notifier.watchdog()
        timer?.arm(afterMicroseconds: intervalMicroseconds / 2)
    }
}
