public import ModelFile
public import ModelTrust
public import SystemIntegration

/// Why a model is not accepted, or not taken into use.
public enum ModelRejection: Error, Equatable {
    /// The file cannot be read.
    case unreadable(path: String, SystemIntegrationError)
    /// The file is longer than the format allows.
    case tooLarge(path: String, limit: Int)
    /// There is no signature, and the configuration asks for one.
    case unsigned(path: String, place: String)
    /// The signature does not count.
    case untrusted(path: String, ModelTrustError)
    /// The file is another one than was announced.
    case digest(expected: String, found: String)
    /// The file breaks the format.
    case structure(path: String, ModelFileError)
    /// The model is none that this daemon can run.
    case unfit(path: String, reason: String)
    /// The model was taken back before.
    case quarantined(digest: String, reason: String)
    /// The release is not above the floor.
    case downgrade(name: String, release: Int, floor: Int)
    /// The disk is too full.
    case noSpace(needed: Int, available: Int)
    /// The self-test failed.
    case selfTest(reason: String)
    /// The model is not in the store.
    case notInstalled(digest: String)
    /// The model is not the active one, or not on probation; `nil` for the packaged one.
    case notActive(digest: String?, state: String)
    /// The packaged model is active, and there is none to go back to.
    case nothingBefore
    /// Models cannot be changed here and now.
    case unavailable(reason: String)
    /// The disk does not take what must be kept.
    case storage(SystemIntegrationError)

    /// The reason in one word, which stays the same.
    public var word: String {
        switch self {
        case .unreadable: "unreadable"
        case .tooLarge: "too-large"
        case .unsigned: "unsigned"
        case .untrusted: "untrusted"
        case .digest: "digest"
        case .structure: "structure"
        case .unfit: "unfit"
        case .quarantined: "quarantined"
        case .downgrade: "downgrade"
        case .noSpace: "no-space"
        case .selfTest: "self-test"
        case .notInstalled: "not-installed"
        case .notActive, .nothingBefore: "not-active"
        case .unavailable: "unavailable"
        case .storage: "storage"
        }
    }
}

extension ModelRejection: CustomStringConvertible {
    /// The reason in words: what was expected, what came, what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, .call(_, _, let errorNumber)):
            "\(path) cannot be read: \(SystemIntegrationError.describe(errorNumber))"
        case .unreadable(let path, let error):
            "\(path) cannot be read: \(error)"
        case .tooLarge(let path, let limit):
            "\(path): longer than the \(limit) bytes that a model may have"
        case .unsigned(let path, let place):
            "\(path) has no signature in \(path).minisig and is not trusted by its place"
                + " (\(place)); sign it with affect-model sign, or allow unsigned models"
        case .untrusted(let path, let error):
            "\(path): \(error)"
        case .digest(let expected, let found):
            "expected the model with digest \(expected), found \(found); copy it again"
        case .structure(let path, let error):
            "\(path): \(error)"
        case .unfit(let path, let reason):
            "\(path): \(reason)"
        case .quarantined(let digest, let reason):
            "the model \(digest) was taken back before (\(reason));"
                + " it is tried again only with --retry"
        case .downgrade(let name, let release, let floor):
            "\(name) release \(release) is not above release \(floor), which this device has had;"
                + " an older one is taken only with --allow-downgrade"
        case .noSpace(let needed, let available):
            "\(needed) bytes are needed, the disk has room for \(available); make room first"
        case .selfTest(let reason):
            "the self-test failed: \(reason)"
        case .notInstalled(let digest):
            "no model with digest \(digest) is installed"
        case .notActive(let digest, let state):
            (digest.map { "the model \($0)" } ?? "the packaged model")
                + " is not the one in question: \(state)"
        case .nothingBefore:
            "the packaged model is active, and no model was before it;"
                + " affectctl models lists those that can be activated"
        case .unavailable(let reason):
            reason
        case .storage(let error):
            "the model store cannot be written: \(error)"
        }
    }
}
