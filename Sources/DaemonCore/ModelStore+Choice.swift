import EventProtocol
import ModelStore
import ModelTrust
import SystemIntegration

// What the manager of the models lets the store do, beside the loop.

extension ModelStore {
    /// Chooses the model to run.
    ///
    /// - Parameter setAside: the digest of a model that is to be taken back.
    func choose(_ sources: ModelSources, setAside: String?) -> BootChoice {
        choose(policy: sources.policy, packaged: sources.packaged) { model in
            model.digest.hexadecimal == setAside ? "it is to be taken back" : model.objection
        }
    }

    /// What has come of counting a crash.
    struct CrashCount {
        /// What is wrong, in words.
        var trouble: String?
        /// Why the model on probation must be taken back.
        var reason: String?
        /// Why that is not kept.
        var rejection: ModelRejection?
    }

    /// Begins a run of the model on probation, and takes it back where the runs before were crashes.
    ///
    /// - Parameters:
    ///   - boot: identifies the boot of the machine, `nil` when nobody tells.
    ///   - now: microseconds of the monotonic clock.
    func countCrash(_ boot: String?, _ now: UInt64) -> CrashCount {
        guard record.phase == .testing, let digest = record.active else { return CrashCount() }
        guard let boot else {
            return CrashCount(
                trouble: "crashes of the new model are not counted: no boot identity"
            )
        }
        var count = CrashCount()
        do throws(ModelRejection) {
            count.reason = try beginRun(boot: boot, monotonicMicroseconds: now)
        } catch {
            count.trouble = "crashes of the new model are not counted: \(error)"
        }
        guard let reason = count.reason else { return count }
        do throws(ModelRejection) {
            try rollBack(
                digest,
                reason: reason,
                quarantine: true,
                at: Clock.wallClockMicroseconds
            )
        } catch {
            count.rejection = error
            noteFailedRollback(of: digest, "\(reason); \(error)")
        }
        return count
    }

    /// The active model runs from here on: an end that is not told is a crash of it.
    ///
    /// - Returns: what keeps crashes from being counted, in words.
    func beginRun(inBoot boot: String?) -> String? {
        guard let boot, record.probation?.isRunning == false else { return nil }
        do throws(ModelRejection) {
            _ = try beginRun(boot: boot, monotonicMicroseconds: Clock.monotonicMicroseconds)
            return nil
        } catch {
            return "crashes of the new model are not counted: \(error)"
        }
    }

    /// The active model runs no more: its end is no crash.
    ///
    /// - Returns: what keeps that from being written, in words.
    func endRunInOrder() -> String? {
        do throws(ModelRejection) {
            try endRun()
            return nil
        } catch {
            return "crashes count for the new model, which does not answer: \(error)"
        }
    }

    /// What has come of going back.
    struct WayBack: Sendable {
        /// The model before; `nil` when there is none that runs.
        var before: VerifiedModel?
        /// Why the way back is not kept.
        var rejection: ModelRejection?
    }

    /// Goes back from a model, or the packaged one, to the one before.
    func goBack(
        from digest: String?,
        _ reason: String,
        quarantine: Bool,
        _ sources: ModelSources
    ) -> WayBack {
        var way = WayBack()
        do throws(ModelRejection) {
            way.before = try modelBefore(sources)
            try rollBack(
                digest,
                reason: reason,
                quarantine: quarantine,
                at: Clock.wallClockMicroseconds
            )
        } catch {
            way.rejection = error
            // Another model has taken its place meanwhile, and its run goes on.
            guard digest == record.active else { return way }
            noteFailedRollback(of: digest, "\(reason); \(error)")
            // Where another model answers, its crashes are not those of this one.
            if way.before != nil { _ = endRunInOrder() }
        }
        return way
    }

    private func noteFailedRollback(of digest: String?, _ reason: String) {
        note(
            HistoryEntry(
                .rollbackFailed,
                at: Clock.wallClockMicroseconds,
                digest: digest,
                subject: digest.map { record.reference($0)?.title ?? "a model" }
                    ?? "the packaged model",
                reason: reason
            )
        )
    }

    /// The model that a rollback leads to: the previous one, else a packaged one, unless that is the one
    /// that is left.
    private func modelBefore(_ sources: ModelSources) throws(ModelRejection) -> VerifiedModel {
        var reasons: [String] = []
        if let digest = record.previous {
            do throws(ModelRejection) {
                return try running(verified(digest, policy: sources.policy))
            } catch {
                reasons.append("\(error)")
            }
        }
        for model in record.active == nil ? [] : sources.packaged {
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
        if let objection = model.objection {
            throw .unfit(path: model.path, reason: objection)
        }
        return model
    }
}

extension VerifiedModel {
    /// Why the model cannot run here, in words.
    var objection: String? {
        do throws(DaemonError) {
            try LoadedModel(self).checkThatItRuns()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
