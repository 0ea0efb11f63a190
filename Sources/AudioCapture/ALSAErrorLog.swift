import CALSA
import Glibc

/// Catches what libasound would print on standard error, and makes one line of it.
///
/// Without it every retry would repeat the library's own lines in the log.
struct ALSAErrorLog {
    // Written by the handler below, which ALSA calls on the thread that called ALSA: the only one.
    nonisolated(unsafe) private static var messages: [String] = []

    /// Lines that are kept; the first ones are nearest to the cause.
    private static let limit = 4

    /// Forgets the last lines and catches the next ones.
    static func start() -> ALSAErrorLog {
        // Sound: the handler is a function without context.
        _ = unsafe snd_lib_error_set_local(catchMessage)
        unsafe messages = []
        return ALSAErrorLog()
    }

    /// The lines since `start()`, each once.
    var message: String { unsafe Self.messages.joined(separator: "; ") }

    private static let catchMessage: snd_local_error_handler_t = {
        _,
        _,
        _,
        _,
        format,
        arguments in
        guard let format = unsafe format, let arguments = unsafe arguments else { return }
        var line = [CChar](repeating: 0, count: 256)
        // Sound: `arguments` belongs to `format`; at most 256 bytes are written, terminated.
        _ = unsafe vsnprintf(&line, line.count, format, arguments)
        let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let message = String(decoding: text, as: UTF8.self)
        guard unsafe messages.count < limit, unsafe !messages.contains(message) else { return }
        unsafe messages.append(message)
    }
}
