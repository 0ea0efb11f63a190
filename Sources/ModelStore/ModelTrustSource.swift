/// Why a model is trusted.
public enum ModelTrustSource: Equatable, Sendable {
    /// It lies in the folder of the packages, which only root can write.
    case place
    /// The holder of a trusted key signed it.
    case signature(key: String, comment: String)
    /// Nobody vouches for it; the configuration allows that.
    case unsigned

    /// In one word, for the state.
    public var word: String {
        switch self {
        case .place: "place"
        case .signature: "signature"
        case .unsigned: "unsigned"
        }
    }
}

extension ModelTrustSource: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch self {
        case .place: "trusted by its place"
        case .signature(let key, _): "signed with key \(key)"
        case .unsigned: "not signed"
        }
    }
}
