/// Why a key or a signature is not accepted.
public enum ModelTrustError: Error, Equatable {
    /// A text is no file of minisign's format.
    case malformed(what: String, expected: String)
    /// The signature was made with another key than the one at hand.
    case otherKey(expected: String, found: String)
    /// The signature is not one of this file.
    case fileChanged
    /// The trusted comment was changed after signing.
    case commentChanged
    /// A trusted comment may hold one line only.
    case commentHasLineBreak
    /// A secret key is protected by a password.
    case passwordNeeded
    /// The system gave no random numbers.
    case noRandomness
    /// The signature was made with a key that nobody put into the keyring.
    case unknownKey(found: String, known: [String], places: [String])
    /// The signature was made with a key that a list revokes.
    case revokedKey(String, source: String)
    /// A list of revoked keys cannot be understood, so that no key can be trusted.
    case revocationUnknown(source: String, reason: String)
}

extension ModelTrustError: CustomStringConvertible {
    /// The error in words: what was expected, what came, what to do.
    public var description: String {
        switch self {
        case .malformed(let what, let expected):
            "\(what): expected \(expected)"
        case .otherKey(let expected, let found):
            "the signature was made with key \(found), expected key \(expected)"
        case .fileChanged:
            "the signature does not belong to this file, or one of the two was changed"
        case .commentChanged:
            "the trusted comment was changed after signing"
        case .commentHasLineBreak:
            "a trusted comment must stay on one line"
        case .passwordNeeded:
            "the secret key is protected by a password: sign with minisign -S,"
                + " or give a key without password"
        case .noRandomness:
            "the system gives no random numbers"
        case .unknownKey(let found, let known, let places):
            "signed with key \(found), which is none of the keys in"
                + " \(places.joined(separator: " and "))"
                + " (\(known.isEmpty ? "there are none" : known.joined(separator: ", ")));"
                + " put its public key there as NAME.pub, or sign with one of those"
        case .revokedKey(let found, let source):
            "signed with key \(found), which \(source) revokes; sign the model with another key"
        case .revocationUnknown(let source, let reason):
            "no signature counts while \(source) cannot be understood: \(reason)"
        }
    }
}
