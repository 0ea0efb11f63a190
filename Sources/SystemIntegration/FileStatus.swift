import Glibc

/// What the file system says about a path.
public struct FileStatus: Equatable, Sendable {
    /// What stands there.
    public enum Kind: Equatable, Sendable {
        case regular, folder, link, other
    }

    /// What stands there.
    public let kind: Kind
    /// The number of the user who owns it.
    public let owner: UInt32
    /// Whether its group or everybody may write it; with an access control list, whether anybody
    /// but its owner may.
    public let isWritableByOthers: Bool
    /// Bytes of a file.
    public let size: Int
    /// The number of the file in its file system, which stays for as long as there is the file.
    public let inode: UInt64
    /// When content, name or rights were changed last, by the clock of the system.
    public let changedNanoseconds: Int

    /// Asks for a path; a symbolic link is not followed.
    ///
    /// - Throws: `SystemIntegrationError.call`, with `ENOENT` when nothing stands there.
    public init(of path: String) throws(SystemIntegrationError) {
        var status = stat()
        // Sound: the kernel fills the structure.
        try systemCall("lstat", path) { unsafe lstat(path, &status) }
        self.init(status)
    }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        owner = status.st_uid
        isWritableByOthers = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
        changedNanoseconds = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
    }
}
