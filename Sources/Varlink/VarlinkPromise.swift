/// An answer that comes later: the connection takes no further request until then.
public final class VarlinkPromise: Equatable {
    private var answer: VarlinkAnswer?
    private var deliver: ((VarlinkAnswer) -> Void)?

    /// Makes a promise.
    public init() {}

    /// Keeps the promise, once; a client that is gone by then hears nothing.
    public func keep(_ answer: VarlinkAnswer) {
        guard self.answer == nil else { return }
        self.answer = answer
        deliver?(answer)
        deliver = nil
    }

    /// Whether both are the same promise.
    public static func == (left: VarlinkPromise, right: VarlinkPromise) -> Bool {
        left === right
    }

    /// Calls the handler with the answer, now or later.
    func whenKept(_ deliver: @escaping (VarlinkAnswer) -> Void) {
        if let answer { deliver(answer) } else { self.deliver = deliver }
    }
}
