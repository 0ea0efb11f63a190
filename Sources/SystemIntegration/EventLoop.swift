import CSystemd
import Glibc

/// One thread that waits for everything: descriptors, timers and signals, on sd-event.
///
/// Handlers run one after the other on the thread that calls `run()`; nothing is locked. A source lives
/// as long as somebody holds it: letting go of an `EventSource` ends its events.
@safe
public final class EventLoop {
    /// The loop of libsystemd, referenced until `deinit`.
    let handle: OpaquePointer

    /// Makes a loop of its own, with `CLOCK_MONOTONIC` timers.
    ///
    /// - Throws: `SystemIntegrationError.call` when the kernel has no descriptor left.
    public init() throws(SystemIntegrationError) {
        var created: OpaquePointer?
        try libraryCall("sd_event_new") { unsafe sd_event_new(&created) }
        guard let created = unsafe created else {
            throw .call(name: "sd_event_new", subject: "", errorNumber: ENOMEM)
        }
        unsafe handle = created
    }

    deinit {
        unsafe sd_event_unref(handle)
    }

    /// Runs handlers until `exit(code:)` is called.
    ///
    /// - Returns: the code given to `exit(code:)`.
    /// - Throws: `SystemIntegrationError.call` when waiting fails.
    public func run() throws(SystemIntegrationError) -> Int32 {
        try libraryCall("sd_event_loop") { unsafe sd_event_loop(handle) }
    }

    /// Waits at most this long for one event and runs its handler; `nil` waits for ever.
    ///
    /// - Returns: whether there was an event; `false` after the whole time, and after `exit(code:)`.
    /// - Throws: `SystemIntegrationError.call` when waiting fails.
    @discardableResult
    public func runOnce(timeoutMicroseconds: UInt64?) throws(SystemIntegrationError) -> Bool {
        if unsafe sd_event_get_state(handle) == SD_EVENT_FINISHED { return false }
        return try libraryCall("sd_event_run") {
            unsafe sd_event_run(handle, timeoutMicroseconds ?? .max)
        } > 0
    }

    /// Ends `run()` after the current handler.
    public func exit(code: Int32) {
        _ = unsafe sd_event_exit(handle, code)
    }

    /// Calls the handler with what the descriptor is ready for.
    ///
    /// The descriptor stays with the caller and must outlive the source.
    ///
    /// - Throws: `SystemIntegrationError.call` when the descriptor cannot be polled.
    public func watch(
        descriptor: Int32,
        for readiness: Readiness,
        handler: @escaping (Readiness) -> Void
    ) throws(SystemIntegrationError) -> EventSource {
        let source = EventSource(handler: handler)
        try libraryCall("sd_event_add_io") {
            unsafe sd_event_add_io(
                handle,
                &source.handle,
                descriptor,
                readiness.rawValue,
                handleInput,
                source.userData
            )
        }
        return source
    }

    /// A timer that is not armed yet; see `EventSource.arm(afterMicroseconds:)`.
    ///
    /// - Parameter accuracyMicroseconds: how much later it may fire, so that wake-ups fall together.
    /// - Throws: `SystemIntegrationError.call` when the kernel has no timer left.
    public func timer(
        accuracyMicroseconds: UInt64 = 50_000,
        handler: @escaping () -> Void
    ) throws(SystemIntegrationError) -> EventSource {
        let source = EventSource(handler: { _ in handler() })
        try libraryCall("sd_event_add_time") {
            unsafe sd_event_add_time(
                handle,
                &source.handle,
                CLOCK_MONOTONIC,
                0,
                accuracyMicroseconds,
                handleTime,
                source.userData
            )
        }
        source.disarm()
        return source
    }

    /// Calls the handler when this signal arrives; the signal is blocked for the whole process first.
    ///
    /// - Throws: `SystemIntegrationError.call` when the signal cannot be watched.
    public func watch(
        signal: Int32,
        handler: @escaping () -> Void
    ) throws(SystemIntegrationError) -> EventSource {
        block(signal)
        let source = EventSource(handler: { _ in handler() })
        try libraryCall("sd_event_add_signal") {
            unsafe sd_event_add_signal(
                handle,
                &source.handle,
                signal,
                handleSignal,
                source.userData
            )
        }
        return source
    }

    /// Calls the handler when a child process has ended; letting go of the source ends the process.
    ///
    /// - Throws: `SystemIntegrationError.call` when it cannot be watched; it is ended then.
    func watch(
        process: pid_t,
        handler: @escaping (ChildProcess.Ending) -> Void
    ) throws(SystemIntegrationError) -> EventSource {
        block(SIGCHLD)
        let source = EventSource(processHandler: handler)
        do throws(SystemIntegrationError) {
            try libraryCall("sd_event_add_child") {
                unsafe sd_event_add_child(
                    handle,
                    &source.handle,
                    process,
                    WEXITED,
                    handleProcess,
                    source.userData
                )
            }
        } catch {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
            throw error
        }
        _ = unsafe sd_event_source_set_child_process_own(source.handle, 1)
        return source
    }

    private func block(_ signal: Int32) {
        var set = sigset_t()
        // Sound: all calls work on the local set alone.
        _ = unsafe sigemptyset(&set)
        _ = unsafe sigaddset(&set, signal)
        _ = unsafe sigprocmask(SIG_BLOCK, &set, nil)
    }
}

// The four C entry points. `userData` is an `EventSource` that disables its source in `deinit`, so it
// is alive whenever libsystemd calls; it is retained here because a handler may let go of it.

private func handleInput(
    _: OpaquePointer?,
    _: Int32,
    events: UInt32,
    userData: UnsafeMutableRawPointer?
) -> Int32 {
    guard let userData = unsafe userData else { return 0 }
    unsafe EventSource.from(userData).handler(Readiness(rawValue: events))
    return 0
}

private func handleTime(
    _: OpaquePointer?,
    _: UInt64,
    userData: UnsafeMutableRawPointer?
) -> Int32 {
    guard let userData = unsafe userData else { return 0 }
    unsafe EventSource.from(userData).handler([])
    return 0
}

private func handleSignal(
    _: OpaquePointer?,
    _: UnsafePointer<signalfd_siginfo>?,
    userData: UnsafeMutableRawPointer?
) -> Int32 {
    guard let userData = unsafe userData else { return 0 }
    unsafe EventSource.from(userData).handler([])
    return 0
}

private func handleProcess(
    _: OpaquePointer?,
    information: UnsafePointer<siginfo_t>?,
    userData: UnsafeMutableRawPointer?
) -> Int32 {
    guard let userData = unsafe userData, let information = unsafe information else { return 0 }
    let status = unsafe affect_child_status(information)
    let hasExited = unsafe information.pointee.si_code == Int32(CLD_EXITED)
    unsafe EventSource.from(userData)
        .processHandler(hasExited ? .exited(code: status) : .killed(signal: status))
    return 0
}
