public import ModelTrust
import SystemIntegration

/// What makes a model acceptable on this device: keys, packaged folder, and whether it must be signed.
public struct TrustPolicy: Sendable {
    /// Where public keys (`*.pub`) and lists of revoked ones (`revoked`) are.
    public static let keyFolders = ["/usr/share/affectd/keys", "/etc/affectd/keys"]
    /// Where packages put models, which are trusted by their place.
    public static let packagedFolder = "/usr/share/affectd/models"
    /// The name of the list of revoked keys in a folder of keys.
    public static let revocationName = "revoked"
    /// Bytes of a key or of a list of revoked ones at most.
    private static let sizeLimit = 1 << 16

    /// The keys that count.
    public private(set) var keyring: Keyring
    /// Whether models without signature are accepted.
    public let allowUnsigned: Bool
    /// The folder whose models need no signature.
    public let packagedFolder: String
    /// What is wrong with the keys, in words: the files that were left out and why.
    public private(set) var problems: [String] = []
    private let place: TrustedPlace

    /// Reads the keys.
    ///
    /// - Parameters:
    ///   - keyFolders: folders of keys; one that is not there is empty.
    ///   - packagedFolder: the folder whose models are trusted by their place.
    ///   - allowUnsigned: accepts models without signature, which the state must show.
    ///   - place: which places are trusted.
    public init(
        keyFolders: [String] = keyFolders,
        packagedFolder: String = packagedFolder,
        allowUnsigned: Bool = false,
        place: TrustedPlace = TrustedPlace()
    ) {
        keyring = Keyring(places: keyFolders)
        self.packagedFolder = packagedFolder
        self.allowUnsigned = allowUnsigned
        self.place = place
        for folder in keyFolders {
            readRevocations("\(folder)/\(Self.revocationName)")
            for name in Directory.names(in: folder) where name.hasSuffix(".pub") {
                readKey("\(folder)/\(name)")
            }
        }
    }

    /// Why a model is not trusted by its place, in words; `nil` when it is.
    func objection(toPlaceOf path: String) -> String? {
        guard path.hasPrefix("\(packagedFolder)/") else {
            return "it is not in \(packagedFolder)"
        }
        return place.objection(to: path)
    }

    private mutating func readKey(_ path: String) {
        if let objection = place.objection(to: path) {
            problems.append("key \(path) is not used: \(objection)")
            return
        }
        do {
            let bytes = try FileDescriptor.contents(ofFile: path, limit: Self.sizeLimit)
            keyring.add(try PublicKey(reading: String(decoding: bytes, as: UTF8.self)))
        } catch {
            problems.append("key \(path) is not used: \(error)")
        }
    }

    /// A list in a place that others may write counts all the same: it can only take trust away.
    private mutating func readRevocations(_ path: String) {
        do throws(SystemIntegrationError) {
            _ = try FileStatus(of: path)
        } catch .call(_, _, let errorNumber) where SystemIntegrationError.isAbsent(errorNumber) {
            return
        } catch {
            return revokeAll(path, "\(error)")
        }
        do {
            let bytes = try FileDescriptor.contents(ofFile: path, limit: Self.sizeLimit)
            let list = try RevocationList(reading: String(decoding: bytes, as: UTF8.self))
            keyring.revoke(list, source: path)
        } catch {
            revokeAll(path, "\(error)")
        }
    }

    private mutating func revokeAll(_ path: String, _ reason: String) {
        keyring.revokeAll(source: path, reason: reason)
        problems.append("no signature counts while \(path) cannot be understood: \(reason)")
    }
}
