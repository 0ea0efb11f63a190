import CSystemd
import Glibc

/// Tells systemd how the service is, over the socket in `$NOTIFY_SOCKET`; without one it says nothing.
public struct ServiceNotifier: Sendable {
    /// How often systemd wants to hear from the watchdog, `nil` when it does not listen.
    public let watchdogMicroseconds: UInt64?

    /// Reads `$WATCHDOG_USEC` and `$WATCHDOG_PID`.
    public init() {
        var interval: UInt64 = 0
        // Sound: libsystemd writes the one integer.
        let enabled = unsafe sd_watchdog_enabled(0, &interval)
        watchdogMicroseconds = enabled > 0 ? interval : nil
    }

    /// The service works, with one line about its state.
    public func ready(status: String) {
        send("READY=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// One line for `systemctl status`.
    public func status(_ status: String) {
        send("STATUS=\(Self.oneLine(status))")
    }

    /// The service still makes progress.
    public func watchdog() {
        send("WATCHDOG=1")
    }

    /// The service is on its way out.
    public func stopping() {
        send("STOPPING=1")
    }

    private func send(_ text: String) {
        // A service manager that went away is no reason to fail: the result is of no use.
        _ = unsafe sd_notify(0, text)
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
