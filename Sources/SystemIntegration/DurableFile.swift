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
            let file = FileDescriptor(
                owning: try systemCall("open", temporary) {
                    unsafe open(temporary, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
                }
            )
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = try systemCall("write", temporary) {
                    // Sound: the kernel reads at most `count` bytes, the extent of the slice.
                    unsafe rest.withUnsafeBytes { buffer in
                        unsafe Glibc.write(file.rawValue, buffer.baseAddress, buffer.count)
                    }
                }
                rest = rest.dropFirst(written)
            }
            try systemCall("fsync", temporary) { fsync(file.rawValue) }
            try systemCall("rename", path) { unsafe rename(temporary, path) }
        } catch {
            Directory.removeFile(temporary)
            throw error
        }
        try synchronizeFolder(of: path)
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

    private static func synchronizeFolder(of path: String) throws(SystemIntegrationError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        let descriptor = try FileDescriptor.open(forReading: folder)
        try systemCall("fsync", folder) { fsync(descriptor.rawValue) }
    }
}
