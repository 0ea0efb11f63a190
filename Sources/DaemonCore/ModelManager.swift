import DaemonConfiguration
import EventProtocol
import ModelDescription
import ModelStore
import ModelTrust
import SystemIntegration

/// What the manager of the models tells and asks.
protocol ModelManagerDelegate: AnyObject {
    /// Something happened to a model.
    func modelChanged(
        _ change: Event.ModelChange,
        _ model: ModelReference?,
        reason: String,
        by peer: PeerCredentials?
    )
    /// This model is to answer, from the next boundary between two windows on.
    func use(_ model: LoadedModel, reason: String)
}

/// The models of the device: which one runs, which ones come, and whether a new one proves itself.
package final class ModelManager {
    /// Where a model is put for the daemon to take it.
    package static let incomingName = "incoming"

    /// What the disk knows.
    package let store: ModelStore
    /// Where models are put for the daemon to take them.
    let incoming: String
    weak var delegate: (any ModelManagerDelegate)?

    /// What is in force.
    var configuration: Configuration
    package private(set) var policy: TrustPolicy
    /// The packaged model that runs where nothing is installed, as events name it.
    private var firstPackaged: ModelReference?
    /// What is told of models that are not loaded.
    var cards = ModelCards()
    private let makePolicy: (Configuration) -> TrustPolicy
    package let check: ModelCheck
    /// The digest of the chosen model that answers, or takes over next; `nil` where the configuration
    /// names a file.
    private(set) var inUse: String?
    /// The digest of a model of which the disk did not keep that it was taken back: it does not answer
    /// again before somebody asks for it.
    var setAside: String?
    /// The check that runs.
    var runningCheck: ChildProcess?

    /// Why the model is watched; `nil` while the one that answers is not on probation.
    package internal(set) var probation: ProbationMonitor?
    /// What to tell when the daemon has begun.
    var notices: [(change: Event.ModelChange, model: ModelReference?, reason: String)] = []
    /// What became of a model last.
    var lastResult: ModelsSnapshot.LastResult?
    private var bootTrouble: [String] = []
    /// Why another model answers than the one that should.
    private var choiceTrouble: [String] = []
    /// What keeps a rollback or a commit from being kept.
    var keepingTrouble: String?
    /// Seconds of listening up to which counts have been written.
    var keptSeconds = 0
    /// A rollback or a commit has failed, and is not tried for every utterance again.
    var hasFailedRollback = false
    var hasFailedCommit = false
    /// Names of what came in and cannot be removed.
    var ignored: Set<String> = []
    /// Names of what came in and is complete, also without signature, because somebody has said so.
    var declared: Set<String> = []

    /// Opens the store and reads keys and packaged models.
    ///
    /// - Parameter folder: where the daemon keeps its state.
    package init(
        _ configuration: Configuration,
        folder: String,
        check: ModelCheck = ModelCheck(),
        policy makePolicy: @escaping (Configuration) -> TrustPolicy = ModelManager.policy
    ) {
        self.configuration = configuration
        self.makePolicy = makePolicy
        self.check = check
        store = ModelStore(root: folder, task: .emotion)
        incoming = "\(folder)/\(Self.incomingName)"
        policy = makePolicy(configuration)
        firstPackaged = packaged.first.map { LoadedModel($0).reference }
        lastResult = store.entries.last.map(ModelsSnapshot.LastResult.init)
    }

    /// The keys of the device, and what the configuration says of signatures.
    package static func policy(_ configuration: Configuration) -> TrustPolicy {
        TrustPolicy(allowUnsigned: configuration.text(.signatures) == "optional")
    }

    /// Reads keys and packaged models again.
    func readPolicy() {
        policy = makePolicy(configuration)
        firstPackaged = packaged.first.map { LoadedModel($0).reference }
        cards.removeAll()
    }

    /// The packaged models, read anew: they are not worth their memory all the time.
    var packaged: [VerifiedModel] { VerifiedModel.packaged(.emotion, policy: policy).models }

    /// What is wrong, in words.
    var trouble: [String] {
        bootTrouble + choiceTrouble + store.trouble + policy.problems
            + [keepingTrouble].compactMap { $0 }
    }

    /// Chooses the models to begin with; a model on probation that keeps crashing is taken back before.
    ///
    /// - Parameters:
    ///   - boot: identifies the boot of the machine, `nil` when nobody tells.
    ///   - now: microseconds of the monotonic clock.
    /// - Throws: as `ModelSet.init`.
    package func begin(
        boot: String? = BootIdentity.current,
        atMicroseconds now: UInt64 = Clock.monotonicMicroseconds
    ) throws(DaemonError) -> ModelSet {
        if let path = configuration.text(.emotionModel) {
            let models = try ModelSet(configuration)
            var named = models.emotion
            named.trust =
                (try? VerifiedModel(reading: path, policy: policy))?.trust ?? .unsigned
            return models.with(emotion: named)
        }
        // Before anything of the model is read: that alone may be what crashes.
        countCrash(boot, now)
        let choice = choose()
        guard let chosen = choice.model else {
            throw .noModel(
                (["no model: install one with affectctl model install, or name one with --model"]
                    + choice.reasons).joined(separator: "\n")
            )
        }
        inUse = chosen.digest.hexadecimal
        if choice.place == .active {
            watch(chosen)
        } else {
            choiceTrouble = choice.reasons
            endRun()
        }
        return try ModelSet(configuration, emotion: loaded(chosen), policy: policy)
    }

    private func choose() -> BootChoice {
        store.choose(policy: policy, packaged: packaged) { [setAside] model in
            model.digest.hexadecimal == setAside
                ? "it is to be taken back" : Self.objection(to: model)
        }
    }

    /// Chooses again, by the keys and the files of now: a model whose key was revoked answers no more,
    /// and one that verifies again comes back.
    func chooseAgain() {
        readPolicy()
        guard let before = inUse else { return }
        let choice = choose()
        guard let chosen = choice.model else {
            choiceTrouble =
                choice.reasons + ["there is no other model; this one answers until affectd ends"]
            return
        }
        if chosen.digest.hexadecimal != before {
            keepCounts()
            use(chosen, reason: choice.reasons.first ?? "it verifies again")
        }
        choiceTrouble = choice.place == .active ? [] : choice.reasons
    }

    /// Lets a model answer from the next boundary between two windows on.
    func use(_ model: VerifiedModel, reason: String) {
        inUse = model.digest.hexadecimal
        choiceTrouble = []
        if inUse == store.record.active {
            setAside = nil
            beginProbation(model)
        } else {
            probation = nil
            endRun()
        }
        delegate?.use(loaded(model), reason: reason)
    }

    /// What runs from here on is not the model on probation: its end is no crash of that model.
    private func endRun() {
        do throws(ModelRejection) {
            try store.endRun()
        } catch {
            keepingTrouble = "crashes count for the new model, which does not answer: \(error)"
        }
    }

    /// Why a model cannot run here, in words.
    static func objection(to model: VerifiedModel) -> String? {
        do throws(DaemonError) {
            try LoadedModel(model).checkThatItRuns()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func countCrash(_ boot: String?, _ now: UInt64) {
        guard store.record.phase == .testing, let digest = store.record.active else { return }
        guard let boot else {
            bootTrouble.append("crashes of the new model are not counted: no boot identity")
            return
        }
        do throws(ModelRejection) {
            let reason = try store.beginRun(boot: boot, monotonicMicroseconds: now)
            guard let reason else { return }
            let model = installed(digest)
            setAside = digest
            do throws(ModelRejection) {
                try store.rollBack(
                    digest,
                    reason: reason,
                    quarantine: true,
                    at: Clock.wallClockMicroseconds
                )
                setAside = nil
                note(.rolledBack, model, reason)
            } catch {
                noteFailedRollback(model, "\(reason); \(error)")
            }
        } catch {
            bootTrouble.append("crashes of the new model are not counted: \(error)")
        }
    }

    /// What happened before the daemon could tell it; given once.
    func takeNotices() -> [(change: Event.ModelChange, model: ModelReference?, reason: String)] {
        defer { notices = [] }
        return notices
    }

    /// Where the active model stands; `nil` for all others.
    func phase(of digest: String) -> ModelReference.Phase? {
        guard digest == store.record.active else { return nil }
        return store.record.phase == .testing ? .probation : .active
    }

    /// Remembers something to tell when the daemon has begun.
    private func note(_ change: Event.ModelChange, _ model: ModelReference?, _ reason: String) {
        notices.append((change: change, model: model, reason: reason))
        keepResult(change, model?.title ?? "a model", reason)
    }

    private func noteFailedRollback(_ model: ModelReference?, _ reason: String) {
        note(.rollbackFailed, model, reason)
        keepFailedRollback(model, reason)
    }

    /// Ends the run in order, so that it counts as no crash.
    package func end() {
        keepCounts()
        // What cannot be written now was trouble before.
        if inUse != nil { try? store.endRun() }
    }

    /// A model as the daemon runs it.
    func loaded(_ model: VerifiedModel) -> LoadedModel {
        var loaded = LoadedModel(model)
        let digest = model.digest.hexadecimal
        if digest == store.record.active && store.record.phase == .testing {
            loaded.phase = .probation
        }
        return loaded
    }

    /// An installed model as events name it.
    func installed(_ digest: String) -> ModelReference? {
        guard let model = store.record.installed(digest) else { return nil }
        let record = store.record
        let phase: ModelReference.Phase =
            if digest == record.active {
                record.phase == .testing ? .probation : .active
            } else {
                record.quarantine.contains { $0.digest == digest } ? .quarantined : .available
            }
        return ModelReference(
            name: model.name,
            release: model.release,
            digest: digest,
            phase: phase,
            trust: model.trust
        )
    }

    /// What the state tells.
    var snapshot: ModelsSnapshot {
        let record = store.record
        var available = firstPackaged
        available?.phase = .available
        let before = record.previous.flatMap(installed)
        return ModelsSnapshot(
            configured: configuration.text(.emotionModel) == nil
                ? record.active.flatMap(installed) ?? firstPackaged : nil,
            setting: configuration.text(.emotionModel),
            previous: record.active == nil ? before : before ?? available,
            incoming: incoming,
            signatures: policy.allowUnsigned ? "optional" : "required",
            lastResult: lastResult
        )
    }

    func keepResult(_ change: Event.ModelChange, _ subject: String, _ reason: String) {
        lastResult = ModelsSnapshot.LastResult(
            change: change.rawValue,
            subject: subject,
            reason: reason,
            wallClockMicroseconds: Clock.wallClockMicroseconds
        )
    }

    /// Tells of something that happened to a model, and remembers it as the last result.
    func tell(
        _ change: Event.ModelChange,
        _ model: ModelReference?,
        _ reason: String,
        by peer: PeerCredentials? = nil
    ) {
        if change != .offered && change != .verified {
            keepResult(change, model?.title ?? "a file", reason)
        }
        delegate?.modelChanged(change, model, reason: reason, by: peer)
    }
}

extension ModelsSnapshot.LastResult {
    fileprivate init(_ entry: HistoryEntry) {
        self.init(
            change: entry.change.rawValue,
            subject: entry.subject,
            reason: entry.reason,
            wallClockMicroseconds: entry.wallClockMicroseconds
        )
    }
}
