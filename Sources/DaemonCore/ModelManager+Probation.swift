import DaemonConfiguration
import EventProtocol
import ModelStore
import Recognition
import SystemIntegration

extension ModelManager {
    /// Seconds of listening after which what was counted is written, so that a restart loses little.
    private static let keepingSeconds = 300

    /// Watches the model from now on if it is on probation, and goes on with what was counted before.
    func watch(_ model: VerifiedModel) {
        probation = nil
        guard let done = store.record.probation else { return }
        probation = ProbationMonitor(
            model.manifest,
            limits: ProbationMonitor.Limits(configuration),
            utterances: done.utterances,
            listeningSeconds: done.listeningSeconds
        )
        keptSeconds = done.listeningSeconds
    }

    /// Watches the active model, which answers from here on.
    func beginProbation(_ model: VerifiedModel) {
        hasFailedRollback = false
        hasFailedCommit = false
        watch(model)
        guard let boot = BootIdentity.current else { return }
        do throws(ModelRejection) {
            _ = try store.beginRun(
                boot: boot,
                monotonicMicroseconds: Clock.monotonicMicroseconds
            )
        } catch {
            keepingTrouble = "crashes of the new model are not counted: \(error)"
        }
    }

    /// What the model on probation has heard and answered in one go.
    func observe(answers: Int, processorMicroseconds: UInt64, listeningMicroseconds: UInt64) {
        guard probation != nil else { return }
        probation?.listen(microseconds: listeningMicroseconds)
        let fault = probation?.judge(
            answers: answers,
            processorMicroseconds: processorMicroseconds
        )
        if let fault { return rollBackBecause(fault) }
        finishProbation()
    }

    /// The answer of the model on probation for an utterance.
    func observe(_ answer: Answer) {
        if let fault = probation?.hear(answer) { rollBackBecause(fault) }
    }

    /// Commits the model when it has served, and keeps counts now and then.
    private func finishProbation() {
        guard let probation else { return }
        if probation.isOver && !hasFailedCommit { return commit() }
        guard probation.listeningSeconds >= keptSeconds + Self.keepingSeconds else { return }
        hasFailedCommit = false
        keepCounts()
    }

    /// Writes what the model on probation has done so far.
    func keepCounts() {
        guard let probation else { return }
        keptSeconds = probation.listeningSeconds
        do throws(ModelRejection) {
            try store.count(
                utterances: probation.utterances,
                listeningSeconds: probation.listeningSeconds
            )
        } catch {
            keepingTrouble = "what the new model has done is not kept: \(error)"
        }
    }

    private func commit() {
        guard let digest = store.record.active, let probation else { return }
        do throws(ModelRejection) {
            try store.commit(digest, at: Clock.wallClockMicroseconds)
            self.probation = nil
            keepingTrouble = nil
            tell(.committed, installed(digest), "it has served its probation")
        } catch {
            keepingTrouble = "the new model is not committed: \(error)"
            // Tried again when counts are kept the next time.
            hasFailedCommit = true
            keptSeconds = probation.listeningSeconds
        }
    }

    private func rollBackBecause(_ fault: String) {
        guard !hasFailedRollback else { return }
        do throws(ModelRejection) {
            _ = try rollBack(fault, quarantine: true)
        } catch {
            hasFailedRollback = true
        }
    }

    /// Goes back to the model before.
    ///
    /// A rollback that the disk does not keep is told as a failed one; the model before answers all the
    /// same, until the daemon starts again.
    ///
    /// - Returns: the model that answers from now on.
    /// - Throws: `notActive` when there is nothing to go back from, `unfit` when there is nothing to go
    ///   back to, `storage` when it is not kept.
    @discardableResult
    func rollBack(
        _ reason: String,
        quarantine: Bool,
        by peer: PeerCredentials? = nil
    ) throws(ModelRejection) -> LoadedModel {
        guard let digest = store.record.active else {
            throw .notActive(
                digest: "",
                state: "the packaged model is active, nothing was before it"
            )
        }
        let failed = installed(digest)
        do throws(ModelRejection) {
            let before = try modelBefore()
            probation = nil
            setAside = digest
            defer { use(before, reason: reason) }
            try store.rollBack(
                digest,
                reason: reason,
                quarantine: quarantine,
                at: Clock.wallClockMicroseconds
            )
            keepingTrouble = nil
            setAside = nil
            tell(.rolledBack, installed(digest) ?? failed, reason, by: peer)
            return loaded(before)
        } catch {
            keepFailedRollback(failed, "\(reason); \(error)")
            tell(.rollbackFailed, failed, "\(reason); \(error)", by: peer)
            throw error
        }
    }

    func keepFailedRollback(_ model: ModelReference?, _ reason: String) {
        keepingTrouble = "the rollback of \(model?.title ?? "the model") failed: \(reason)"
        store.note(
            HistoryEntry(
                .rollbackFailed,
                at: Clock.wallClockMicroseconds,
                digest: model?.digest,
                subject: model?.title ?? "a model",
                reason: reason
            )
        )
    }

    /// The model that a rollback leads to: the previous one, else a packaged one.
    private func modelBefore() throws(ModelRejection) -> VerifiedModel {
        var reasons: [String] = []
        if let digest = store.record.previous {
            do throws(ModelRejection) {
                return try running(store.verified(digest, policy: policy))
            } catch {
                reasons.append("\(error)")
            }
        }
        for model in packaged {
            do throws(ModelRejection) {
                return try running(model)
            } catch {
                reasons.append("\(error)")
            }
        }
        throw .unavailable(
            reason: "there is no model to go back to"
                + reasons.map { "; \($0)" }.joined()
        )
    }

    private func running(_ model: VerifiedModel) throws(ModelRejection) -> VerifiedModel {
        if let objection = Self.objection(to: model) {
            throw .unfit(path: model.path, reason: objection)
        }
        return model
    }
}

extension ProbationMonitor.Limits {
    /// What is configured about probation.
    init(_ configuration: Configuration) {
        self.init(
            utterances: configuration.number(.probationUtterances),
            listeningSeconds: configuration.number(.probationMinutes) * 60,
            inferenceMicroseconds: UInt64(configuration.number(.inferenceBudgetMilliseconds))
                * 1000
        )
    }
}
