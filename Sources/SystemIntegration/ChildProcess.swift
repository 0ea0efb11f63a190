import CSystemd
import Glibc

/// A program that runs beside the daemon, within limits; it ends with this object at the latest.
@safe
public final class ChildProcess {
    /// How a program ended.
    public enum Ending: Equatable, Sendable {
        /// By itself, with this code.
        case exited(code: Int32)
        /// By a signal: a fault of its own, or a limit.
        case killed(signal: Int32)
        /// It took longer than it was allowed to.
        case timedOut
    }

    /// Bytes of output that are kept.
    static let outputLimit = 4096

    /// The process.
    package let processID: pid_t
    private let reader: FileDescriptor
    private var source: EventSource?
    private var outputSource: EventSource?
    private var timer: EventSource?
    private var output: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 4096)
    private let completion: (Ending, String) -> Void

    /// Starts a program with an empty environment, standard input at its end, and both outputs in a pipe.
    ///
    /// - Parameters:
    ///   - confinement: what it may use, from the moment on that it runs.
    ///   - timeMicroseconds: after which it is ended.
    ///   - completion: how it ended, and the beginning of what it wrote; called once, by the loop.
    /// - Throws: `SystemIntegrationError.call` when it cannot be started.
    public init(
        _ path: String,
        arguments: [String],
        confinement: Confinement,
        timeMicroseconds: UInt64,
        on loop: EventLoop,
        completion: @escaping (Ending, String) -> Void
    ) throws(SystemIntegrationError) {
        let pipe = try Pipe()
        reader = pipe.reader
        let writer = pipe.writer
        self.completion = completion
        try reader.setNonBlocking()
        processID = try confinement.start(path, arguments: arguments, output: writer.rawValue)
        source = try loop.watch(process: processID) { [weak self] ending in self?.finish(ending) }
        outputSource = try loop.watch(descriptor: reader.rawValue, for: .readable) {
            [weak self] _ in
            if self?.readOnce() == .end { self?.outputSource = nil }
        }
        timer = try loop.timer { [weak self] in self?.finish(.timedOut) }
        timer?.arm(afterMicroseconds: timeMicroseconds)
    }

    /// Reads one buffer at most, so that a program that never stops writing does not keep the loop;
    /// what is behind the limit is thrown away.
    private func readOnce() -> ReadResult {
        guard let result = try? reader.read(into: &buffer) else { return .end }
        if case .bytes(let count) = result {
            output += buffer[..<min(count, Self.outputLimit - output.count)]
        }
        return result
    }

    private func finish(_ ending: Ending) {
        guard source != nil else { return }
        // Each round brings at least a byte of what is kept.
        while output.count < Self.outputLimit, case .bytes = readOnce() {}
        // The loop ends and reaps what still runs.
        source = nil
        outputSource = nil
        timer = nil
        completion(ending, String(decoding: output, as: UTF8.self))
    }
}
