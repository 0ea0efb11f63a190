import CSodium

/// A key that signs models, without password, in minisign's format.
///
/// - Source: https://jedisct1.github.io/minisign/, as `minisign -G -W` writes it.
public struct SecretKey: Sendable {
    private static let algorithm = Array("Ed".utf8)
    private static let checksumAlgorithm = Array("B2".utf8)
    private static let keyCount = 64
    /// Zeros without password.
    private static let checksumCount = 32
    /// Salt and limits of the password's derivation; zeros without password.
    private static let derivationCount = 32 + 8 + 8

    private let number: KeyNumber
    private let bytes: [UInt8]

    /// Makes a new key.
    ///
    /// - Throws: `noRandomness`.
    public init() throws(ModelTrustError) {
        guard sodium_init() >= 0 else { throw .noRandomness }
        var publicBytes = [UInt8](repeating: 0, count: PublicKey.keyCount)
        var secretBytes = [UInt8](repeating: 0, count: Self.keyCount)
        var number = [UInt8](repeating: 0, count: KeyNumber.count)
        // Sound: writes 32 bytes of public and 64 bytes of secret key.
        _ = unsafe crypto_sign_keypair(&publicBytes, &secretBytes)
        // Sound: writes the eight bytes of the array.
        unsafe randombytes_buf(&number, number.count)
        self.number = KeyNumber(bytes: number)
        bytes = secretBytes
    }

    /// Reads a secret key.
    ///
    /// - Throws: `malformed`, `passwordNeeded`.
    public init(reading text: String) throws(ModelTrustError) {
        let headerCount = 6 + Self.derivationCount
        let count = headerCount + KeyNumber.count + Self.keyCount + Self.checksumCount
        let lines = SignatureText.lines(text)
        guard lines.count <= 2, let line = lines.last,
            let decoded = SignatureText.decode(line, count: count),
            Array(decoded[..<2]) == Self.algorithm,
            Array(decoded[4..<6]) == Self.checksumAlgorithm
        else {
            throw .malformed(
                what: "secret key",
                expected: "a comment line and \(count) bytes of Ed25519 key in base64"
            )
        }
        guard decoded[2] == 0 && decoded[3] == 0 else { throw .passwordNeeded }
        let keyStart = headerCount + KeyNumber.count
        number = KeyNumber(bytes: Array(decoded[headerCount..<keyStart]))
        bytes = Array(decoded[keyStart...].prefix(Self.keyCount))
        guard isConsistent else {
            throw .malformed(
                what: "secret key",
                expected: "a public half that fits the secret half"
            )
        }
    }

    /// Whether the public key at the end follows from the seed at the beginning.
    private var isConsistent: Bool {
        var publicBytes = [UInt8](repeating: 0, count: PublicKey.keyCount)
        var secretBytes = [UInt8](repeating: 0, count: Self.keyCount)
        // Sound: reads the 32 bytes of the seed, writes 32 bytes of public and 64 of secret key.
        _ = unsafe crypto_sign_seed_keypair(&publicBytes, &secretBytes, bytes)
        return secretBytes == bytes
    }

    /// The key that others check with.
    public var publicKey: PublicKey {
        // An Ed25519 secret key of libsodium ends with its public key.
        PublicKey(number: number, bytes: Array(bytes.suffix(PublicKey.keyCount)))
    }

    /// The file as minisign writes it.
    public var text: String {
        var decoded = Self.algorithm + [0, 0] + Self.checksumAlgorithm
        decoded += Array(repeating: 0, count: Self.derivationCount)
        decoded += number.bytes + bytes
        decoded += Array(repeating: 0, count: Self.checksumCount)
        let comment = "minisign secret key \(number.text)"
        return "\(SignatureText.untrustedPrefix)\(comment)\n\(SignatureText.encode(decoded))\n"
    }

    /// Signs a file by its BLAKE2b-512.
    ///
    /// - Parameter trustedComment: one line, covered by the signature.
    /// - Returns: the text of the `.minisig` file.
    /// - Throws: `commentHasLineBreak`.
    public func sign(
        _ file: [UInt8],
        trustedComment: String
    ) throws(ModelTrustError) -> String {
        guard !trustedComment.contains(where: \.isNewline) else { throw .commentHasLineBreak }
        let signature = signature(of: SignatureText.hash(file, count: 64))
        let commentSignature = self.signature(of: signature + Array(trustedComment.utf8))
        let line = SignatureText.encode(
            Signature.prehashedAlgorithm + number.bytes + signature
        )
        return """
            \(SignatureText.untrustedPrefix)signature from minisign secret key
            \(line)
            \(SignatureText.trustedPrefix)\(trustedComment)
            \(SignatureText.encode(commentSignature))

            """
    }

    private func signature(of message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Signature.signatureCount)
        // Sound: writes 64 bytes; reads `message.count` bytes and 64 bytes of key.
        let status = unsafe crypto_sign_detached(
            &signature,
            nil,
            message,
            UInt64(message.count),
            bytes
        )
        precondition(status == 0, "libsodium documents that signing always succeeds")
        return signature
    }
}
