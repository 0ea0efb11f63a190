import Glibc

/// Reports when something appears or disappears in some directories, by inotify.
///
/// A directory that does not exist yet is found by watching its parent: `refresh()` adds it.
@safe
public final class DirectoryWatcher {
    private let paths: [String]
    private let descriptor: FileDescriptor
    private var watched: [Int32: String] = [:]
    private var source: EventSource?
    private let handler: () -> Void
    private var buffer: [UInt8]
    private let mask: UInt32

    /// Watches the directories that exist now and those that appear later.
    ///
    /// - Parameter wholeFiles: reports files alone, when they are moved in or whoever wrote them is
    ///   done.
    /// - Throws: `SystemIntegrationError.call` when the kernel has no inotify instance left.
    public init(
        _ paths: [String],
        wholeFiles: Bool = false,
        on loop: EventLoop,
        handler: @escaping () -> Void
    ) throws(SystemIntegrationError) {
        self.paths = paths
        mask = UInt32(
            wholeFiles
                ? IN_CLOSE_WRITE | IN_MOVED_TO
                : IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVED_TO
        )
        self.handler = handler
        buffer = [UInt8](repeating: 0, count: 4096)
        descriptor = FileDescriptor(
            owning: try systemCall("inotify_init1") {
                inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
            }
        )
        refresh()
        source = try loop.watch(
            descriptor: descriptor.rawValue,
            for: .readable
        ) { [weak self] _ in self?.drain() }
    }

    /// Watches the directories that came into being; the kernel ignores those it watches already.
    private func refresh() {
        for path in paths {
            let watch = unsafe inotify_add_watch(descriptor.rawValue, path, mask)
            if watch >= 0 { watched[watch] = path }
        }
    }

    /// Takes all pending events; which file it was does not matter.
    private func drain() {
        var changed = false
        while true {
            guard case .bytes? = try? descriptor.read(into: &buffer) else { break }
            changed = true
        }
        guard changed else { return }
        refresh()
        handler()
    }
}
