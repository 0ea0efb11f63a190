import Glibc
import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import SystemIntegration
import TestSupport

/// Opens a model store and takes it through steps, one argument each.
///
/// Tells on standard output when each is done. It is a program of its own, because tests end it in the
/// middle.
///
/// `store-steps FOLDER STEP…`, where FOLDER holds `state`, `keys`, `packaged` and `incoming`.
@main enum Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let root = arguments.first else { exit(2) }
        do {
            let steps = Steps(root: root)
            for step in arguments.dropFirst() { try steps.take(step) }
        } catch {
            try? FileDescriptor.writeAll("store-steps: \(error)\n", to: STDERR_FILENO)
            exit(1)
        }
    }
}

struct Steps {
    private let root: String
    private let store: ModelStore

    init(root: String) {
        self.root = root
        store = ModelStore(root: "\(root)/state", task: .emotion)
    }

    private var policy: TrustPolicy {
        TrustPolicy(
            keyFolders: ["\(root)/keys"],
            packagedFolder: "\(root)/packaged",
            place: TrustedPlace(owner: geteuid(), below: root)
        )
    }

    private var packaged: [VerifiedModel] {
        VerifiedModel.packaged(.emotion, policy: policy).models
    }

    private func say(_ text: String) throws {
        try FileDescriptor.writeAll("\(text)\n", to: STDOUT_FILENO)
    }

    /// A step is a word, and for some what it is about: `install=NAME`, of the folder `incoming`.
    func take(_ step: String) throws {
        let parts = step.split(separator: "=", maxSplits: 1).map(String.init)
        let active = store.record.active ?? ""
        switch (parts[0], parts.count > 1 ? parts[1] : "") {
        case ("install", let name): _ = try install(name)
        case ("activate", let digest): try activate(digest)
        case ("packaged", _): try store.activatePackaged(at: 2)
        case ("commit", _): try store.commit(active, at: 3)
        case ("rollback", _):
            try store.rollBack(store.record.active, reason: "by hand", quarantine: false, at: 4)
        case ("quarantine", _):
            try store.rollBack(active, reason: "by itself", quarantine: true, at: 4)
        case ("begin", let boot):
            _ = try store.beginRun(boot: boot, monotonicMicroseconds: 1_000_000)
        case ("count", let number):
            try store.count(active, utterances: Int(number) ?? 0, listeningSeconds: 60)
        case ("end", _): try store.endRun()
        case ("make", let count): try make(Int(count) ?? 0)
        case ("live", let last): try live(until: Int(last) ?? 0)
        case ("tell", _): return try tell()
        default: throw ModelRejection.selfTest(reason: "no such step: \(step)")
        }
        try say(step)
    }

    private func install(_ name: String) throws -> String {
        let candidate = try VerifiedModel(
            reading: "\(root)/incoming/\(name).affect",
            policy: policy
        )
        let staged = try store.stage(candidate, packaged: packaged, retry: true)
        try store.install(staged, policy: policy, at: 1)
        return staged.digest
    }

    private func activate(_ digest: String) throws {
        try store.activate(digest, packaged: packaged, retry: true, at: 2)
    }

    /// One release after the other: installed, activated, committed.
    private func live(until last: Int) throws {
        let first = (store.record.floors.map(\.release).max() ?? 0) + 1
        guard first <= last else { return }
        for release in first...last {
            let digest = try install("\(release)")
            try say("installed \(release)")
            try activate(digest)
            try say("activated \(release)")
            try store.commit(digest, at: 3)
            try say("committed \(release)")
        }
    }

    /// What would run now, and what is wrong with the store.
    private func tell() throws {
        let choice = store.choose(policy: policy, packaged: packaged)
        let release = choice.model?.manifest.release ?? 0
        try say("\(choice.place) \(release) \(choice.phase)")
        for words in store.trouble + choice.reasons { try say(words) }
    }

    /// Makes a key, a packaged model, and signed models of so many releases.
    private func make(_ count: Int) throws {
        let key = try SecretKey()
        try DurableFile.write(Array(key.publicKey.text.utf8), to: "\(root)/keys/release.pub")
        let model = try SampleModel.int8()
        func bytes(name: String, release: Int) throws -> [UInt8] {
            var manifest = model.manifest
            manifest.name = name
            manifest.release = release
            return try Model(
                manifest: manifest,
                frontEndTables: model.frontEndTables,
                tensors: model.tensors
            ).bytes
        }
        let own = try bytes(name: "packaged", release: 1)
        try DurableFile.write(own, to: "\(root)/packaged/packaged.affect")
        for release in 1...count {
            let content = try bytes(name: "sample", release: release)
            let path = "\(root)/incoming/\(release).affect"
            try DurableFile.write(content, to: path)
            let signature = try key.sign(content, trustedComment: "release \(release)")
            try DurableFile.write(Array(signature.utf8), to: "\(path).minisig")
        }
    }
}
