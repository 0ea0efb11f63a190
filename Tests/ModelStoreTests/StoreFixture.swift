import Glibc
import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import ServiceTestSupport
import SystemIntegration
import TestSupport

/// A store of its own with a key that is trusted, a place for packages, and models to install.
final class StoreFixture {
    let directory: TemporaryDirectory
    let key: SecretKey
    let root: String

    /// - Parameter parent: where the folder is made; in memory, where nothing waits for a disk.
    init(in parent: String = FileStatus.isFolder("/dev/shm") ? "/dev/shm" : "/tmp") throws {
        directory = try TemporaryDirectory(in: parent)
        key = try SecretKey()
        root = directory.path
        for name in ["state", "keys", "packaged", "incoming"] {
            try Directory.make("\(root)/\(name)")
        }
        try trust(key, as: "release")
    }

    deinit {
        removeTree(root)
    }

    var state: String { "\(root)/state" }
    var keys: String { "\(root)/keys" }

    func policy(allowUnsigned: Bool = false) -> TrustPolicy {
        TrustPolicy(
            keyFolders: ["\(root)/keys"],
            packagedFolder: "\(root)/packaged",
            allowUnsigned: allowUnsigned,
            place: TrustedPlace(owner: geteuid(), below: root)
        )
    }

    func store() -> ModelStore { ModelStore(root: state, task: .emotion) }

    func trust(_ key: SecretKey, as name: String) throws {
        try DurableFile.write(Array(key.publicKey.text.utf8), to: "\(keys)/\(name).pub")
    }

    func revoke(_ key: SecretKey) throws {
        try DurableFile.write(
            Array("\(key.publicKey.identifier) # lost\n".utf8),
            to: "\(keys)/revoked"
        )
    }

    /// A model of a release, which differs from other releases in its manifest alone.
    static func model(release: Int, name: String = "sample") throws -> Model {
        let model = try SampleModel.int8()
        var manifest = model.manifest
        manifest.name = name
        manifest.release = release
        return try Model(
            manifest: manifest,
            frontEndTables: model.frontEndTables,
            tensors: model.tensors
        )
    }

    /// Puts a model with its signature into a folder.
    @discardableResult
    func put(
        _ bytes: [UInt8],
        signedBy key: SecretKey?,
        in folder: String = "incoming",
        name: String = "m"
    ) throws -> String {
        let path = "\(root)/\(folder)/\(name).affect"
        try DurableFile.write(bytes, to: path)
        try DurableFile.remove("\(path).minisig")
        if let key {
            let text = try key.sign(bytes, trustedComment: "test")
            try DurableFile.write(Array(text.utf8), to: "\(path).minisig")
        }
        return path
    }

    func candidate(release: Int, name: String = "sample") throws -> VerifiedModel {
        let bytes = try Self.model(release: release, name: name).bytes
        return try VerifiedModel(reading: put(bytes, signedBy: key), policy: policy())
    }

    func packaged() -> [VerifiedModel] {
        VerifiedModel.packaged(.emotion, policy: policy()).models
    }

    /// Stages and installs a release.
    @discardableResult
    func install(
        _ release: Int,
        in store: ModelStore,
        allowDowngrade: Bool = false,
        retry: Bool = false
    ) throws -> String {
        let staged = try store.stage(
            candidate(release: release),
            packaged: packaged(),
            allowDowngrade: allowDowngrade,
            retry: retry
        )
        try store.install(staged, policy: policy(), at: 1)
        return staged.digest
    }

    /// Installs a release, activates and commits it.
    @discardableResult
    func commit(_ release: Int, in store: ModelStore) throws -> String {
        let digest = try install(release, in: store)
        try store.activate(digest, packaged: packaged(), at: 2)
        try store.commit(digest, at: 3)
        return digest
    }
}

extension FileStatus {
    static func isFolder(_ path: String) -> Bool {
        (try? FileStatus(of: path))?.kind == .folder
    }
}

/// Removes a folder with all that is in it.
func removeTree(_ path: String) {
    if FileStatus.isFolder(path) {
        for name in Directory.names(in: path) { removeTree("\(path)/\(name)") }
    }
    try? Directory.remove(path)
}
