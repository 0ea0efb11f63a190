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
}
