import CSodium

/// A key that signatures of models are checked with.
///
/// - Source: minisign's format, https://jedisct1.github.io/minisign/.
public struct PublicKey: Equatable, Sendable {
    private static let algorithm = Array("Ed".utf8)
    static let keyCount = 32

    let number: KeyNumber
    let bytes: [UInt8]

    init(number: KeyNumber, bytes: [UInt8]) {
        self.number = number
        self.bytes = bytes
    }

    /// Reads a public key: the file that `minisign -G` writes, or its last line alone.
    ///
    /// - Throws: `malformed`.
    public init(reading text: String) throws(ModelTrustError) {
        let lines = SignatureText.lines(text)
        let count = 2 + KeyNumber.count + Self.keyCount
        guard lines.count <= 2, let line = lines.last,
            let decoded = SignatureText.decode(line, count: count),
            Array(decoded[..<2]) == Self.algorithm
        else {
            throw .malformed(
                what: "public key",
                expected: "a comment line and \(count) bytes of Ed25519 key in base64"
            )
        }
        number = KeyNumber(bytes: Array(decoded[2..<2 + KeyNumber.count]))
        bytes = Array(decoded[(2 + KeyNumber.count)...])
    }

    /// The number of the key, as minisign prints it.
    public var identifier: String { number.text }

    /// The file as minisign writes it.
    public var text: String {
        let line = SignatureText.encode(Self.algorithm + number.bytes + bytes)
        return "\(SignatureText.untrustedPrefix)minisign public key \(identifier)\n\(line)\n"
    }

    /// Whether a signature of Ed25519 is one of the message.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        precondition(signature.count == 64 && bytes.count == Self.keyCount)
        // Sound: reads 64 bytes of signature, `message.count` bytes and 32 bytes of key.
        return unsafe crypto_sign_verify_detached(
            signature,
            message,
            UInt64(message.count),
            bytes
        ) == 0
    }
}
