import CALSA

/// Catches what libasound would print on standard error, and makes one line of it.
///
/// Without it every retry would repeat the library's own lines in the log.
struct ALSAErrorLog {
    // Written by the handler below, which ALSA calls on the thread that called ALSA: always the same one.
    nonisolated(unsafe) private static var messages: [String] = []

    /// Lines that are kept; the first ones are nearest to the cause.
    private static let limit = 4

    /// Forgets the last lines and catches the next ones.
    static func start() -> ALSAErrorLog {
        // Sound: the handler is a function without context.
        unsafe affect_alsa_catch_errors(catchMessage)
        unsafe messages = []
        return ALSAErrorLog()
    }

    /// The lines since `start()`, each once.
    var message: String { unsafe Self.messages.joined(separator: "; ") }

    private static let catchMessage: @convention(c) (UnsafePointer<CChar>?) -> Void = { line in
        guard let line = unsafe line else { return }
        // Sound: the line is terminated.
        let message = unsafe String(cString: line)
        guard unsafe messages.count < limit, unsafe !messages.contains(message) else { return }
        unsafe messages.append(message)
    }
}
