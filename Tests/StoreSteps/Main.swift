import Glibc
import ModelDescription
import ModelStore
import SystemIntegration

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
            for step in arguments.dropFirst() {
                try steps.take(step)
                try FileDescriptor.writeAll("\(step)\n", to: STDOUT_FILENO)
            }
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

    /// A step is a word, and for some what it is about: `install=NAME`, of the folder `incoming`.
    func take(_ step: String) throws {
        let parts = step.split(separator: "=", maxSplits: 1).map(String.init)
        let active = store.record.active ?? ""
        switch (parts[0], parts.count > 1 ? parts[1] : "") {
        case ("install", let name): try install(name)
        case ("activate", let digest):
            try store.activate(digest, packaged: packaged, retry: true, at: 2)
        case ("packaged", _): try store.activatePackaged(at: 2)
        case ("commit", _): try store.commit(active, at: 3)
        case ("rollback", _):
            try store.rollBack(active, reason: "by hand", quarantine: false, at: 4)
        case ("quarantine", _):
            try store.rollBack(active, reason: "by itself", quarantine: true, at: 4)
        case ("begin", let boot):
            _ = try store.beginRun(boot: boot, monotonicMicroseconds: 1_000_000)
        case ("count", let number):
            try store.count(utterances: Int(number) ?? 0, listeningSeconds: 60)
        case ("end", _): try store.endRun()
        default: throw ModelRejection.selfTest(reason: "no such step: \(step)")
        }
    }

    private func install(_ name: String) throws {
        let candidate = try VerifiedModel(
            reading: "\(root)/incoming/\(name).affect",
            policy: policy
        )
        let staged = try store.stage(candidate, packaged: packaged, retry: true)
        try store.install(staged, policy: policy, at: 1)
    }
}
