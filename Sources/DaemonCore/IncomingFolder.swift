import ModelStore
import SystemIntegration

/// The folder in which models come in; nothing in it is trusted.
final class IncomingFolder {
    /// Where it is.
    let path: String

    /// Names of what cannot be removed.
    private var ignored: Set<String> = []
    /// Names of what is complete, also without signature, because somebody has said so.
    private var declared: Set<String> = []
    private var watcher: DirectoryWatcher?
    private var timer: EventSource?

    init(_ path: String) {
        self.path = path
    }

    /// Calls the handler when something may have come in.
    ///
    /// - Throws: `SystemIntegrationError.call` when there is nothing left to watch with.
    func watch(
        on loop: EventLoop,
        handler: @escaping () -> Void
    ) throws(SystemIntegrationError) {
        try? Directory.make(path)
        watcher = try DirectoryWatcher([path], wholeFiles: true, on: loop, handler: handler)
        timer = try loop.timer(handler: handler)
    }

    /// Calls the handler in a turn of the loop of its own.
    func lookAgain() {
        timer?.arm(afterMicroseconds: 0)
    }

    /// What lies in the folder now is complete, with or without signature.
    func declareComplete() {
        declared = Set(Directory.names(in: path))
    }

    /// The name of the next model; those are left alone whose signature has not come yet, unless somebody
    /// has said that there is none.
    func next() -> String? {
        let names = Set(Directory.names(in: path))
        ignored.formIntersection(names)
        declared.formIntersection(names)
        return names.filter {
            $0.hasSuffix(".affect") && !ignored.contains($0)
                && (declared.contains($0) || names.contains($0 + VerifiedModel.signatureSuffix))
        }.min()
    }

    /// The file of a model and that of its signature.
    func files(of name: String) -> [String] {
        ["", VerifiedModel.signatureSuffix].map { "\(path)/\(name)\($0)" }
    }

    /// Remembers what has been removed, or could not be and is not looked at again.
    func hasRemoved(_ name: String, isLeft: Bool) {
        declared.remove(name)
        if isLeft { ignored.insert(name) }
    }
}
