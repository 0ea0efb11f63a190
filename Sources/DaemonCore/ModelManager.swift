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
    /// What the manager knows of itself has changed.
    func factsChanged()
    /// This model is to answer, from the next boundary between two windows on.
    func use(_ model: LoadedModel, reason: String)
}

/// The models of the device: which one runs, which ones come, and whether a new one proves itself.
package final class ModelManager {
    /// Where a model is put for the daemon to take it.
    package static let incomingName = "incoming"

    /// What the models are for that come and go.
    static let task = ModelManifest.Task.emotion
    /// What the disk knows.
    let keeper: StoreKeeper
    /// Where models are dropped.
    let incoming: IncomingFolder
    weak var delegate: (any ModelManagerDelegate)?
    /// What is in force.
    var configuration: Configuration
    package private(set) var policy: TrustPolicy
    /// The first packaged model, as events name it.
    private var firstPackaged: ModelReference?
    /// What is told of models that are not loaded.
    var cards = ModelCards()
    private let makePolicy: @Sendable (Configuration) -> TrustPolicy
    package let check: ModelCheck
    /// The digest of the chosen model that answers, or takes over next; `nil` where the configuration
    /// names a file.
    private(set) var inUse: String?
    /// The digest of a model of which the disk did not keep that it was taken back: it does not answer
    /// again before somebody asks for it.
    var setAside: String?
    /// Whether a model is being read, checked and taken into use.
    var isTaking = false
    /// The check that runs.
    var runningCheck: ChildProcess?

    /// Watches the model that answers; `nil` while that one is not on probation.
    package internal(set) var probation: ProbationMonitor?
    /// What to tell when the daemon has begun.
    var notices: [(change: Event.ModelChange, model: ModelReference?, reason: String)] = []
    /// What became of a model last.
    var lastResult: ModelsSnapshot.LastResult?
    private var bootTrouble: [String] = []
    /// Why another model answers than the one that should.
    private var choiceTrouble: [String] = []
    /// What keeps a rollback, a commit or counts from being kept.
    var keepingTrouble: String?
    /// Seconds of listening up to which counts have been written.
    var keptSeconds = 0
    /// What is being written for the model on probation, which is not asked for twice.
    var isGoingBack = false
    var isCommitting = false
    var isCounting = false
    /// A commit has failed, and is not tried for every utterance again.
    var hasFailedCommit = false

    /// Opens the store and reads keys and packaged models.
    ///
    /// - Parameters:
    ///   - folder: where the daemon keeps its state.
    ///   - loop: the loop beside which files are read and written.
    package init(
        _ configuration: Configuration,
        folder: String,
        loop: EventLoop,
        check: ModelCheck = ModelCheck(),
        policy makePolicy: @escaping @Sendable (Configuration) -> TrustPolicy = ModelManager
            .policy
    ) {
        self.configuration = configuration
        self.makePolicy = makePolicy
        self.check = check
        keeper = StoreKeeper(ModelStore(root: folder, task: Self.task), beside: loop)
        incoming = IncomingFolder("\(folder)/\(Self.incomingName)")
        let sources = ModelSources(makePolicy(configuration))
        policy = sources.policy
        firstPackaged = sources.packaged.first.map { LoadedModel($0).reference }
        lastResult = keeper.entries.last.map(ModelsSnapshot.LastResult.init)
    }

    /// The keys of the device, and what the configuration says of signatures.
    @Sendable
    package static func policy(_ configuration: Configuration) -> TrustPolicy {
        TrustPolicy(allowUnsigned: configuration.text(.signatures) == "optional")
    }

    /// The record of the store.
    package var record: StoreRecord { keeper.record }

    /// What happened to models, oldest first.
    package var entries: [HistoryEntry] { keeper.entries }

    /// Reads keys and packaged models as they are when it is called.
    var readSources: @Sendable () -> ModelSources {
        { [configuration, makePolicy] in ModelSources(makePolicy(configuration)) }
    }

    /// From here on, these keys and packaged models count.
    func goBy(_ sources: ModelSources) {
        policy = sources.policy
        firstPackaged = sources.packaged.first.map { LoadedModel($0).reference }
        cards.removeAll()
    }

    /// The file that the configuration names, and that runs whatever is installed.
    var namedModel: String? { inUse == nil ? configuration.text(.emotionModel) : nil }

    /// Why no model is taken or taken back where the configuration names one.
    static func rejection(named path: String) -> ModelRejection {
        .unavailable(
            reason: "models.emotion names \(path), and that model runs whatever is installed"
        )
    }

    /// What is wrong, in words.
    var trouble: [String] {
        bootTrouble + choiceTrouble + keeper.trouble + policy.problems
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
        let onProbation = record.active
        noteCrashes(keeper.now { store in store.countCrash(boot, now) }, of: onProbation)
        let sources = readSources()
        let choice = keeper.now { store in store.choose(sources, setAside: setAside) }
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
            // What crashes from here on is not the model on probation.
            keepingTrouble = keeper.now { store in store.endRunInOrder() }
        }
        return try ModelSet(configuration, emotion: loaded(chosen), policy: policy)
    }

    /// Takes note of what has come of counting crashes at the start.
    private func noteCrashes(_ count: ModelStore.CrashCount, of digest: String?) {
        bootTrouble += [count.trouble].compactMap { $0 }
        guard let digest, let reason = count.reason else { return }
        guard let rejection = count.rejection else {
            return note(.rolledBack, installed(digest), reason)
        }
        // It does not answer for that: the crashes would go on.
        setAside = digest
        let words = "\(reason); \(rejection)"
        note(.rollbackFailed, installed(digest), words)
        keepingTrouble = Self.failedRollback(installed(digest), words)
    }

    /// Chooses again, by the keys and the files of now: a model whose key was revoked answers no more,
    /// and one that verifies again comes back.
    func chooseAgain() {
        let isChosen = inUse != nil
        keepCounts()
        keeper.later {
            [readSources, setAside, boot = BootIdentity.current] store -> SecondChoice in
            let sources = readSources()
            guard isChosen else { return SecondChoice(sources: sources) }
            let choice = store.choose(sources, setAside: setAside)
            let trouble: String? =
                switch choice.place {
                case .active: store.beginRun(inBoot: boot)
                case .previous, .packaged: store.endRunInOrder()
                case .none: nil
                }
            return SecondChoice(sources: sources, choice: choice, trouble: trouble)
        } completion: { [weak self] second in
            self?.goBy(second)
        }
    }

    /// What a choice has led to that was made while the daemon runs.
    private struct SecondChoice: Sendable {
        let sources: ModelSources
        var choice: BootChoice?
        var trouble: String?
    }

    private func goBy(_ second: SecondChoice) {
        goBy(second.sources)
        defer { delegate?.factsChanged() }
        guard let choice = second.choice else { return }
        guard let chosen = choice.model else {
            choiceTrouble =
                choice.reasons + ["there is no other model; this one answers until affectd ends"]
            return
        }
        keepingTrouble = second.trouble ?? keepingTrouble
        let trouble = choice.place == .active ? [] : choice.reasons
        if chosen.digest.hexadecimal == inUse {
            choiceTrouble = trouble
        } else {
            use(chosen, reason: trouble.first ?? "it verifies again", trouble: trouble)
        }
    }

    /// Lets a model answer from the next boundary between two windows on.
    ///
    /// - Parameter trouble: why it is not the one that should.
    func use(_ model: VerifiedModel, reason: String, trouble: [String] = []) {
        inUse = model.digest.hexadecimal
        choiceTrouble = trouble
        hasFailedCommit = false
        if inUse == record.active {
            setAside = nil
            watch(model)
        } else {
            probation = nil
        }
        delegate?.use(loaded(model), reason: reason)
    }

    /// What happened before the daemon could tell it; given once.
    func takeNotices() -> [(change: Event.ModelChange, model: ModelReference?, reason: String)] {
        defer { notices = [] }
        return notices
    }

    /// Remembers something to tell when the daemon has begun.
    private func note(_ change: Event.ModelChange, _ model: ModelReference?, _ reason: String) {
        notices.append((change: change, model: model, reason: reason))
        keepResult(change, model?.title ?? "a model", reason)
    }

    /// What is wrong when a model could not be taken back, in words.
    static func failedRollback(_ model: ModelReference?, _ reason: String) -> String {
        "the rollback of \(model?.title ?? "the model") failed: \(reason)"
    }

    /// Waits for what is being read and written.
    package func finish() {
        keeper.finish()
    }

    /// Ends the run in order, so that it counts as no crash.
    package func end() {
        finish()
        runningCheck = nil
        keepCounts()
        // What cannot be written now was trouble before.
        if inUse != nil { _ = keeper.now { store in store.endRunInOrder() } }
    }

    /// A model as the daemon runs it.
    func loaded(_ model: VerifiedModel) -> LoadedModel {
        var loaded = LoadedModel(model)
        if let phase = record.phase(of: model.digest.hexadecimal) { loaded.phase = phase }
        return loaded
    }

    /// An installed model as events name it.
    func installed(_ digest: String) -> ModelReference? { record.reference(digest) }

    /// The packaged model that runs where nothing is installed, as events name it.
    var packaged: ModelReference? {
        var packaged = firstPackaged
        if record.active != nil { packaged?.phase = .available }
        return packaged
    }

    /// What the state tells.
    var snapshot: ModelsSnapshot {
        var before = record.previous.flatMap(installed)
        if record.active != nil { before = before ?? packaged }
        return ModelsSnapshot(
            configured: configuration.text(.emotionModel) == nil
                ? record.active.flatMap(installed) ?? firstPackaged : nil,
            setting: configuration.text(.emotionModel),
            previous: namedModel == nil ? before : nil,
            incoming: incoming.path,
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
