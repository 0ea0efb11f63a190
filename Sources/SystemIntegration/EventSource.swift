import CSystemd

/// Something an `EventLoop` waits for; its events end when the last reference goes.
@safe
public final class EventSource {
    /// The source of libsystemd, set by the loop right after creation.
    var handle: OpaquePointer?
    /// What runs when the source fires; the argument is what a descriptor is ready for.
    let handler: (Readiness) -> Void
    /// What runs when a child process has ended.
    let processHandler: (ChildProcess.Ending) -> Void

    init(handler: @escaping (Readiness) -> Void) {
        self.handler = handler
        processHandler = { _ in }
    }

    init(processHandler: @escaping (ChildProcess.Ending) -> Void) {
        handler = { _ in }
        self.processHandler = processHandler
    }

    deinit {
        unsafe sd_event_source_disable_unref(handle)
    }

    /// This object as the `userdata` of libsystemd, not retained: `deinit` disables the source first.
    var userData: UnsafeMutableRawPointer {
        unsafe Unmanaged.passUnretained(self).toOpaque()
    }

    /// The object behind a `userdata` pointer.
    static func from(_ userData: UnsafeMutableRawPointer) -> EventSource {
        unsafe Unmanaged<EventSource>.fromOpaque(userData).takeUnretainedValue()
    }

    /// Fires a timer once, this long after now.
    public func arm(afterMicroseconds delay: UInt64) {
        _ = unsafe sd_event_source_set_time(handle, Clock.monotonicMicroseconds + delay)
        _ = unsafe sd_event_source_set_enabled(handle, Int32(SD_EVENT_ONESHOT))
    }

    /// Stops the source until it is armed or resumed.
    public func disarm() {
        _ = unsafe sd_event_source_set_enabled(handle, Int32(SD_EVENT_OFF))
    }

    /// Lets a descriptor's source report again.
    public func resume() {
        _ = unsafe sd_event_source_set_enabled(handle, Int32(SD_EVENT_ON))
    }

    /// Changes what a descriptor is waited for.
    public func wait(for readiness: Readiness) {
        _ = unsafe sd_event_source_set_io_events(handle, readiness.rawValue)
    }
}
