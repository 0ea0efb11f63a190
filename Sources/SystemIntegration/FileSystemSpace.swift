import Glibc

/// Room on the file system of a path.
public enum FileSystemSpace {
    /// Bytes that this process may still write there.
    ///
    /// - Throws: `SystemIntegrationError.call`.
    public static func availableBytes(at path: String) throws(SystemIntegrationError) -> Int {
        var space = statvfs()
        // Sound: the kernel fills the structure.
        try systemCall("statvfs", path) { unsafe statvfs(path, &space) }
        let (bytes, overflow) = UInt64(space.f_bavail)
            .multipliedReportingOverflow(by: UInt64(space.f_frsize))
        return overflow ? .max : Int(clamping: bytes)
    }
}
