import Glibc

/// A file that this process put at a path, recognised by device and inode.
public struct PlacedFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Remembers the file that stands at a path now.
    ///
    /// - Throws: `SystemIntegrationError.call` when there is none.
    public init(at path: String) throws(SystemIntegrationError) {
        var status = stat()
        try systemCall("lstat", path) { unsafe lstat(path, &status) }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes the file, unless it is gone or another one stands in its place.
    public func remove() {
        guard let current = try? PlacedFile(at: path), current.device == device,
            current.inode == inode
        else { return }
        Directory.removeFile(path)
    }
}
