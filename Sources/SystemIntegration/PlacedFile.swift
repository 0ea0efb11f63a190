import Glibc

/// A file that this process put at a path, recognised by device and inode.
public final class PlacedFile: Sendable {
    private let path: String
    /// Keeps the inode, whose number would go to the next file once this one is deleted.
    private let descriptor: FileDescriptor

    /// O_PATH of Linux, the same on x86 and ARM; glibc's header is not seen from Swift.
    private static let pathOnly: Int32 = 0o10_000_000

    /// Remembers the file that stands at a path now.
    ///
    /// - Throws: `SystemIntegrationError.call` when there is none.
    public init(at path: String) throws(SystemIntegrationError) {
        self.path = path
        descriptor = FileDescriptor(
            owning: try systemCall("open", path) {
                unsafe open(path, Self.pathOnly | O_NOFOLLOW | O_CLOEXEC)
            }
        )
    }

    /// Removes the file, unless it is gone or another one stands in its place.
    public func remove() {
        // Who finds a socket that nobody answers any more replaces it under the same lock; without it, the file
        // could be theirs by the time it is removed. Where it is theirs to replace, it may stay.
        guard let lock = try? UnixSocket.lockFolder(of: path, patienceMicroseconds: 0) else {
            return
        }
        removeOwn()
        UnixSocket.keep(lock)
    }

    private func removeOwn() {
        var own = stat()
        var current = stat()
        guard unsafe fstat(descriptor.rawValue, &own) == 0, unsafe lstat(path, &current) == 0,
            current.st_dev == own.st_dev, current.st_ino == own.st_ino
        else { return }
        Directory.removeFile(path)
    }
}
