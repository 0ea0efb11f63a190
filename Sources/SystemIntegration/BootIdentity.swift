/// What tells one boot of the machine from another.
public enum BootIdentity {
    /// The identity of this boot, `nil` when nobody tells.
    ///
    /// A service that sees no part of `/proc` but its own process gets it as the credential `boot-id`.
    public static var current: String? {
        let credentials = Environment["CREDENTIALS_DIRECTORY"].map { "\($0)/boot-id" }
        for path in [credentials, "/proc/sys/kernel/random/boot_id"].compactMap({ $0 }) {
            guard let bytes = try? FileDescriptor.contents(ofFile: path, limit: 64) else {
                continue
            }
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if !text.isEmpty { return text }
        }
        return nil
    }
}
