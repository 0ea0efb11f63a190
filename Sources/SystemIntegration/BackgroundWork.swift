import Glibc

/// Something that may wait long for a disk, done beside the event loop by a thread of its own.
///
/// The thread has the object that it works on for itself, and values; it leaves a value. It takes no
/// signals.
@safe
public final class BackgroundWork {
    private let reader: FileDescriptor
    private var thread = pthread_t()
    private var source: EventSource?
    private var end: (() -> Void)?

    /// Starts the work.
    ///
    /// - Parameters:
    ///   - object: what it works on; nobody else may use it before the work is done.
    ///   - completion: called once, by the loop or by `wait()`.
    /// - Throws: `SystemIntegrationError.call` when there is no room for one more thread.
    public init<Object: AnyObject, Value: Sendable>(
        on object: Object,
        beside loop: EventLoop,
        _ body: @escaping @Sendable (Object) -> Value,
        completion: @escaping (Value) -> Void
    ) throws(SystemIntegrationError) {
        let pipe = try Pipe()
        reader = pipe.reader
        // The thread closes its end when it is done, which the loop sees.
        let job = Job(body, object, pipe.writer)
        source = try loop.watch(descriptor: reader.rawValue, for: .readable) { [weak self] _ in
            self?.wait()
        }
        try start(job)
        end = { if let value = job.value { completion(value) } }
    }

    deinit {
        if end != nil { _ = pthread_join(thread, nil) }
    }

    /// Waits until the work is done, and calls the completion unless that has happened.
    public func wait() {
        guard let end else { return }
        self.end = nil
        source = nil
        // What the thread has written is there once it is joined.
        _ = pthread_join(thread, nil)
        end()
    }

    private func start(_ job: AnyJob) throws(SystemIntegrationError) {
        // A thread begins with the signals that are blocked where it is made.
        var all = sigset_t()
        var before = sigset_t()
        // Sound: all calls work on the local sets alone.
        _ = unsafe sigfillset(&all)
        _ = unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        // Sound: the thread takes over the reference that is retained for it, and this object is used by
        // nobody else before the thread is joined.
        let argument = unsafe Unmanaged.passRetained(job).toOpaque()
        let error = unsafe pthread_create(&thread, nil, runJob, argument)
        _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        guard error == 0 else {
            unsafe Unmanaged<AnyJob>.fromOpaque(argument).release()
            throw .call(name: "pthread_create", subject: "", errorNumber: error)
        }
    }
}

private class AnyJob {
    func run() {}
}

private final class Job<Object, Value>: AnyJob {
    private let body: @Sendable (Object) -> Value
    private var object: Object?
    private var writer: FileDescriptor?
    private(set) var value: Value?

    init(
        _ body: @escaping @Sendable (Object) -> Value,
        _ object: Object,
        _ writer: consuming FileDescriptor
    ) {
        self.body = body
        self.object = object
        self.writer = consume writer
    }

    override func run() {
        guard let object else { return }
        value = body(object)
        self.object = nil
        writer = nil
    }
}

private func runJob(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument = unsafe argument {
        unsafe Unmanaged<AnyJob>.fromOpaque(argument).takeRetainedValue().run()
    }
    return nil
}
