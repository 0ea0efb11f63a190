import CSystemd
import Glibc

/// Tells systemd how the service is, over the socket in `$NOTIFY_SOCKET`; without one it says nothing.
public struct ServiceNotifier {
    /// How often systemd wants to hear from the watchdog, `nil` when it does not listen.
    public let watchdogMicroseconds: UInt64?

    private let deliver: (String) -> Void

    /// Talks to the service manager of the process; reads `$WATCHDOG_USEC` and `$WATCHDOG_PID`.
    public init() {
        var interval: UInt64 = 0
        // Sound: libsystemd writes the one integer.
        let enabled = unsafe sd_watchdog_enabled(0, &interval)
        watchdogMicroseconds = enabled > 0 ? interval : nil
        // A service manager that went away is no reason to fail: the result is of no use.
        deliver = { text in _ = unsafe sd_notify(0, text) }
    }

    /// Talks to somebody else in the words of sd_notify.
    public init(watchdogMicroseconds: UInt64?, deliver: @escaping (String) -> Void) {
        self.watchdogMicroseconds = watchdogMicroseconds
        self.deliver = deliver
    }

    /// The service works, with one line about its state.
    public func ready(status: String) {
        deliver("READY=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// One line for `systemctl status`.
    public func status(_ status: String) {
        deliver("STATUS=\(Self.oneLine(status))")
    }

    /// The service still makes progress.
    public func watchdog() {
        deliver("WATCHDOG=1")
    }

    /// The service reads its configuration anew; `ready(status:)` ends that.
    public func reloading() {
        deliver("RELOADING=1\nMONOTONIC_USEC=\(Clock.monotonicMicroseconds)")
    }

    /// The service is on its way out.
    public func stopping() {
        deliver("STOPPING=1")
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
