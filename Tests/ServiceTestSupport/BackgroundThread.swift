import Glibc

/// A thread of its own for a body that waits, for example for the other end of a pipe.
@safe
public final class BackgroundThread {
    private var thread = pthread_t()

    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts the body.
    public init(_ body: @escaping @Sendable () -> Void) {
        let argument = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        // Sound: the thread takes over the reference that was retained for it.
        _ = unsafe pthread_create(&thread, nil, runBody, argument)
    }

    /// Waits for the end of the body.
    public func join() {
        _ = pthread_join(thread, nil)
    }

    fileprivate static func run(_ argument: UnsafeMutableRawPointer) {
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
    }
}

private func runBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument = unsafe argument { unsafe BackgroundThread.run(argument) }
    return nil
}
