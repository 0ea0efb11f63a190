import Glibc

/// Files that survive a loss of power: the old content or the new one is there, never a part.
public enum DurableFile {
    /// Puts a file in the place of another one.
    ///
    /// - Throws: `SystemIntegrationError.call`; the old file stays then.
    public static func write(
        _ bytes: [UInt8],
        to path: String
    ) throws(SystemIntegrationError) {
        let temporary = "\(path).new"
        do throws(SystemIntegrationError) {
            try put(bytes, into: temporary, O_TRUNC)
            try systemCall("rename", path) { unsafe Glibc.rename(temporary, path) }
        } catch {
            Directory.removeFile(temporary)
            throw error
        }
        try synchronizeFolder(of: path)
    }

    /// Makes a file where none is; its content is safe, its name once its folder is synchronized.
    ///
    /// - Parameter permissions: who may read it, whatever the process allows by default.
    /// - Throws: `SystemIntegrationError.call`, with `EEXIST` when something stands there.
    public static func create(
        _ bytes: [UInt8],
        at path: String,
        permissions: UInt32 = 0o600
    ) throws(SystemIntegrationError) {
        try put(bytes, into: path, O_EXCL, permissions)
    }

    /// Adds to the end of a file, which is made if it is not there.
    ///
    /// A loss of power may leave a part of what was added.
    ///
    /// - Throws: `SystemIntegrationError.call`; a part may have been added then, too.
    public static func append(
        _ bytes: [UInt8],
        to path: String
    ) throws(SystemIntegrationError) {
        try put(bytes, into: path, O_APPEND)
    }

    /// Removes a file for good, if it is there.
    ///
    /// - Throws: `SystemIntegrationError.call` when it stays.
    public static func remove(_ path: String) throws(SystemIntegrationError) {
        do throws(SystemIntegrationError) {
            try systemCall("unlink", path) { unsafe unlink(path) }
        } catch .call(_, _, ENOENT) {
            return
        }
        try synchronizeFolder(of: path)
    }

    /// Gives another name to a file or a folder in the same folder, for good.
    ///
    /// A file that has the new name is replaced; a folder must be empty for that.
    ///
    /// - Throws: `SystemIntegrationError.call`.
    public static func rename(
        _ path: String,
        to newPath: String
    ) throws(SystemIntegrationError) {
        try systemCall("rename", newPath) { unsafe Glibc.rename(path, newPath) }
        try synchronizeFolder(of: newPath)
    }

    private static func put(
        _ bytes: [UInt8],
        into path: String,
        _ flag: Int32,
        _ permissions: UInt32 = 0o600
    ) throws(SystemIntegrationError) {
        let file = FileDescriptor(
            owning: try systemCall("open", path) {
                unsafe open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flag, 0o600)
            }
        )
        if permissions != 0o600 {
            try systemCall("fchmod", path) { fchmod(file.rawValue, permissions) }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = try systemCall("write", path) {
                // Sound: the kernel reads at most `count` bytes, the extent of the slice.
                unsafe rest.withUnsafeBytes { buffer in
                    unsafe Glibc.write(file.rawValue, buffer.baseAddress, buffer.count)
                }
            }
            rest = rest.dropFirst(written)
        }
        try systemCall("fsync", path) { fsync(file.rawValue) }
    }

    private static func synchronizeFolder(of path: String) throws(SystemIntegrationError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        try Directory.synchronize(slash == path.startIndex ? "/" : String(path[..<slash]))
    }
}
