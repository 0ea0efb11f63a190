import Glibc

/// Directories.
public enum Directory {
    /// The names of the entries of a directory, sorted by their bytes; none when it cannot be read.
    public static func names(in path: String) -> [String] {
        // Sound: the stream is valid until it is closed, an entry until the next one is read.
        guard let stream = unsafe opendir(path) else { return [] }
        defer { _ = unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    /// Makes a directory unless it is there.
    ///
    /// - Throws: `SystemIntegrationError.call` when that is not allowed.
    public static func make(_ path: String) throws(SystemIntegrationError) {
        do throws(SystemIntegrationError) {
            try systemCall("mkdir", path) { unsafe mkdir(path, 0o755) }
        } catch .call(_, _, EEXIST) {
            return
        }
    }

    /// Removes a file, if it is there.
    public static func removeFile(_ path: String) {
        _ = unsafe unlink(path)
    }

    /// Removes a file, if it is there, and otherwise an empty folder.
    ///
    /// - Throws: `SystemIntegrationError.call` when something stays.
    public static func remove(_ path: String) throws(SystemIntegrationError) {
        do throws(SystemIntegrationError) {
            try systemCall("unlink", path) { unsafe unlink(path) }
        } catch .call(_, _, ENOENT) {
            return
        } catch .call(_, _, EISDIR) {
            try systemCall("rmdir", path) { unsafe rmdir(path) }
        }
    }

    /// Makes the names in a folder survive a loss of power.
    ///
    /// - Throws: `SystemIntegrationError.call`.
    public static func synchronize(_ path: String) throws(SystemIntegrationError) {
        let descriptor = try FileDescriptor.open(forReading: path)
        try systemCall("fsync", path) { fsync(descriptor.rawValue) }
    }

    /// Where a symbolic link leads.
    ///
    /// - Throws: `SystemIntegrationError.call`, with `EINVAL` when it is none.
    public static func target(ofLink path: String) throws(SystemIntegrationError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try systemCall("readlink", path) {
            // Sound: the kernel writes at most `count` bytes, the extent of the array.
            unsafe readlink(path, &buffer, buffer.count)
        }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
