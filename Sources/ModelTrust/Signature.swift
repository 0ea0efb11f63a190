/// A detached signature of a file, in minisign's format.
///
/// Reads both kinds: `ED`, of the BLAKE2b-512 of the file, and the older `Ed`, of the file itself.
///
/// - Source: https://jedisct1.github.io/minisign/.
public struct Signature: Equatable, Sendable {
    static let signatureCount = 64
    static let prehashedAlgorithm = Array("ED".utf8)
    private static let plainAlgorithm = Array("Ed".utf8)

    /// The comment that the signature covers.
    public let trustedComment: String
    private let isPrehashed: Bool
    private let number: KeyNumber
    private let signature: [UInt8]
    private let commentSignature: [UInt8]

    /// Reads a `.minisig` file.
    ///
    /// - Throws: `malformed`.
    public init(reading text: String) throws(ModelTrustError) {
        let lines = SignatureText.lines(text)
        let count = 2 + KeyNumber.count + Self.signatureCount
        guard lines.count == 4, lines[0].hasPrefix(SignatureText.untrustedPrefix),
            lines[2].hasPrefix(SignatureText.trustedPrefix),
            let decoded = SignatureText.decode(lines[1], count: count),
            let commentSignature = SignatureText.decode(lines[3], count: Self.signatureCount),
            [Self.plainAlgorithm, Self.prehashedAlgorithm].contains(Array(decoded[..<2]))
        else {
            throw .malformed(
                what: "signature",
                expected: "untrusted comment, signature, trusted comment, its signature: four"
                    + " lines as minisign writes them"
            )
        }
        trustedComment = String(lines[2].dropFirst(SignatureText.trustedPrefix.count))
        isPrehashed = Array(decoded[..<2]) == Self.prehashedAlgorithm
        number = KeyNumber(bytes: Array(decoded[2..<2 + KeyNumber.count]))
        signature = Array(decoded[(2 + KeyNumber.count)...])
        self.commentSignature = commentSignature
    }

    /// The number of the key that it was made with, as minisign prints it; not checked yet.
    public var keyIdentifier: String { number.text }

    /// Checks that the holder of a key signed this file, and the trusted comment with it.
    ///
    /// - Throws: `otherKey`, `fileChanged`, `commentChanged`.
    public func verify(_ file: [UInt8], with key: PublicKey) throws(ModelTrustError) {
        guard number == key.number else {
            throw .otherKey(expected: key.identifier, found: number.text)
        }
        let message = isPrehashed ? SignatureText.hash(file, count: 64) : file
        guard key.verifies(signature, of: message) else { throw .fileChanged }
        guard key.verifies(commentSignature, of: signature + Array(trustedComment.utf8)) else {
            throw .commentChanged
        }
    }
}
