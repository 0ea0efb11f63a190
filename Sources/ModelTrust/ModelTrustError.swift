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
        }
    }
}
