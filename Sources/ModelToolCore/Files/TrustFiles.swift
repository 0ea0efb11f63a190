import Glibc
import ModelTrust

/// Keys and signatures as files.
enum TrustFiles {
    static func publicKey(_ path: String) throws(ToolError) -> PublicKey {
        let text = try Files.readText(path)
        do { return try PublicKey(reading: text) } catch { throw unreadable(path, error) }
    }

    static func secretKey(_ path: String) throws(ToolError) -> SecretKey {
        let text = try Files.readText(path)
        do { return try SecretKey(reading: text) } catch { throw unreadable(path, error) }
    }

    static func signature(_ path: String) throws(ToolError) -> Signature {
        let text = try Files.readText(path)
        do { return try Signature(reading: text) } catch { throw unreadable(path, error) }
    }

    /// Writes a secret key that its owner alone may read.
    static func write(_ key: SecretKey, to path: String) throws(ToolError) {
        let others = umask(0o077)
        defer { umask(others) }
        try Files.write(Array(key.text.utf8), to: path)
    }

    private static func unreadable(_ path: String, _ error: ModelTrustError) -> ToolError {
        .input(path: path, line: nil, reason: "\(error)")
    }
}
