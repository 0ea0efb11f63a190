import CSodium

/// The SHA-256 of a model file, by which a device, a report and a provenance name it.
public struct ModelDigest: Hashable, Sendable {
    /// The 32 bytes of the digest.
    public let bytes: [UInt8]

    /// Computes the digest of a file's bytes.
    public init(of file: [UInt8]) {
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_bytes()))
        // Sound: both arrays outlive the call, the first holds the 32 bytes that it writes, and
        // the length is that of the second. SHA-256 needs no sodium_init and cannot fail.
        let status = unsafe crypto_hash_sha256(&digest, file, UInt64(file.count))
        precondition(status == 0, "libsodium documents that SHA-256 always succeeds")
        bytes = digest
    }

    /// 64 lower-case hexadecimal digits, as provenance and events carry them.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

extension ModelDigest: CustomStringConvertible {
    /// The hexadecimal digits.
    public var description: String { hexadecimal }
}
