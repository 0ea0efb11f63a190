/// The keys that a device trusts, and those that it does not trust any more.
public struct Keyring: Sendable {
    /// Where the keys come from, for errors that say what to do.
    private let places: [String]
    private var keys: [PublicKey] = []
    /// Key number to the list that revokes it.
    private var revoked: [String: String] = [:]
    /// Why no key can be trusted.
    private var unknownRevocation: (source: String, reason: String)?

    /// A keyring without keys, which accepts nothing.
    public init(places: [String] = []) {
        self.places = places
    }

    /// Trusts a key.
    public mutating func add(_ key: PublicKey) {
        keys.append(key)
    }

    /// Trusts the keys of a list no more, whoever put them into the keyring and when.
    public mutating func revoke(_ list: RevocationList, source: String) {
        for identifier in list.identifiers { revoked[identifier] = source }
    }

    /// Trusts no key at all, because it is not known which ones are revoked.
    public mutating func revokeAll(source: String, reason: String) {
        unknownRevocation = (source, reason)
    }

    /// Numbers of the keys that count.
    public var identifiers: [String] {
        keys.map(\.identifier).filter { revoked[$0] == nil }
    }

    /// Checks that the holder of one of the keys signed a file.
    ///
    /// - Returns: the number of that key.
    /// - Throws: `revocationUnknown`, `revokedKey`, `unknownKey`, `fileChanged`, `commentChanged`.
    public func verify(
        _ file: [UInt8],
        with signature: Signature
    ) throws(ModelTrustError) -> String {
        if let (source, reason) = unknownRevocation {
            throw .revocationUnknown(source: source, reason: reason)
        }
        let identifier = signature.keyIdentifier
        if let source = revoked[identifier] { throw .revokedKey(identifier, source: source) }
        // A number is chosen by whoever makes a key: several keys may have the same one.
        let candidates = keys.filter { $0.identifier == identifier }
        guard let last = candidates.last else {
            throw .unknownKey(found: identifier, known: identifiers, places: places)
        }
        for key in candidates.dropLast() where (try? signature.verify(file, with: key)) != nil {
            return identifier
        }
        try signature.verify(file, with: last)
        return identifier
    }
}
