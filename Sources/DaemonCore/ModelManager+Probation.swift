import DaemonConfiguration
import EventProtocol
import ModelStore
import Recognition
import SystemIntegration

extension ModelManager {
    /// Seconds of listening after which what was counted is written, so that a restart loses little.
    private static let keepingSeconds = 300

    /// Watches the active model if it is on probation, and goes on with what was counted before.
    func watch(_ model: VerifiedModel) {
        probation = nil
        guard let done = record.probation else { return }
        probation = ProbationMonitor(
            model.manifest,
            limits: ProbationMonitor.Limits(configuration),
            utterances: done.utterances,
            listeningSeconds: done.listeningSeconds
        )
        keptSeconds = done.listeningSeconds
    }

    /// Judges what the model on probation has heard and answered in one go.
    func judge(_ effort: Hearing.Effort) {
        for answer in effort.answers {
            if let fault = probation?.hear(answer) { rollBackBecause(fault) }
        }
        guard probation != nil else { return }
        probation?.listen(microseconds: effort.listeningMicroseconds)
        let fault = probation?.judge(
            answers: effort.answerCount,
            processorMicroseconds: effort.processorMicroseconds
        )
        if let fault { return rollBackBecause(fault) }
        finishProbation()
    }

    /// Commits the model when it has served, and keeps counts now and then.
    private func finishProbation() {
        guard let probation, !isCommitting else { return }
        if probation.isOver && !hasFailedCommit { return commit() }
        guard probation.listeningSeconds >= keptSeconds + Self.keepingSeconds else { return }
        hasFailedCommit = false
        keepCounts()
    }

    /// Writes what the model on probation has done so far.
    func keepCounts() {
        guard let probation, let digest = inUse, !isCounting else { return }
        keptSeconds = probation.listeningSeconds
        isCounting = true
        keeper.later { store -> String? in
            do throws(ModelRejection) {
                try store.count(
                    digest,
                    utterances: probation.utterances,
                    listeningSeconds: probation.listeningSeconds
                )
                return nil
            } catch {
                return "what the new model has done is not kept: \(error)"
            }
        } completion: { [weak self] trouble in
            self?.isCounting = false
            if let trouble { self?.keepingTrouble = trouble }
        }
    }

    private func commit() {
        guard let digest = inUse else { return }
        isCommitting = true
        keeper.later { store -> ModelRejection? in
            do throws(ModelRejection) {
                try store.commit(digest, at: Clock.wallClockMicroseconds)
                return nil
            } catch {
                return error
            }
        } completion: { [weak self] rejection in
            self?.hasCommitted(digest, rejection)
        }
    }

    private func hasCommitted(_ digest: String, _ rejection: ModelRejection?) {
        isCommitting = false
        // Another model may have taken its place meanwhile.
        guard digest == inUse else { return }
        if let rejection {
            keepingTrouble = "the new model is not committed: \(rejection)"
            // Tried again when counts are kept the next time.
            hasFailedCommit = true
            keptSeconds = probation?.listeningSeconds ?? 0
        } else {
            probation = nil
            keepingTrouble = nil
            tell(.committed, installed(digest), "it has served its probation")
        }
    }

    private func rollBackBecause(_ fault: String) {
        rollBack(fault, quarantine: true) { _ in }
    }

    /// Goes back to the model before.
    ///
    /// A rollback that the disk does not keep is told as a failed one; the model before answers all the
    /// same, until the daemon starts again; only the packaged model, which nobody has found wanting,
    /// stays then. The completion gets the model that answers from now on, or `nothingBefore` and
    /// `unavailable` when there is nothing to go back to or the configuration names a model,
    /// `notActive` when another model has taken the place meanwhile, `storage` when it is not kept.
    func rollBack(
        _ reason: String,
        quarantine: Bool,
        by peer: PeerCredentials? = nil,
        completion: @escaping Completion
    ) {
        if let namedModel { return completion(.failure(Self.rejection(named: namedModel))) }
        let digest = record.active
        guard digest != nil || record.previous != nil else {
            return completion(.failure(.nothingBefore))
        }
        guard !isGoingBack else {
            return completion(.failure(.unavailable(reason: "a model is being taken back")))
        }
        isGoingBack = true
        // It is judged no more, and never committed in this run, whatever comes of this.
        probation = nil
        keeper.later { [policy] store in
            store.goBack(from: digest, reason, quarantine: quarantine, ModelSources(policy))
        } completion: { [weak self] way in
            guard let self else { return }
            isGoingBack = false
            completion(hasGoneBack(from: digest, way, reason, by: peer))
        }
    }

    private func hasGoneBack(
        from digest: String?,
        _ way: ModelStore.WayBack,
        _ reason: String,
        by peer: PeerCredentials?
    ) -> Result<ModelReference, ModelRejection> {
        let failed = digest.map(installed) ?? packaged
        if let rejection = way.rejection {
            guard digest == record.active else { return .failure(rejection) }
            if let before = way.before, let digest {
                setAside = digest
                use(before, reason: reason)
            }
            let words = "\(reason); \(rejection)"
            keepingTrouble = Self.failedRollback(failed, words)
            tell(.rollbackFailed, failed, words, by: peer)
            return .failure(rejection)
        }
        keepingTrouble = nil
        setAside = nil
        tell(.rolledBack, failed, reason, by: peer)
        guard let before = way.before else { return .failure(.nothingBefore) }
        use(before, reason: reason)
        return .success(loaded(before).reference)
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
