import ModelDescription

extension ModelStore {
    /// Points to an installed model and begins its probation; the committed one becomes the previous.
    ///
    /// A model that is active already stays as it is, and going back to the previous one from a model
    /// on probation is a rollback.
    ///
    /// - Parameters: as for `stage`.
    /// - Throws: `notInstalled`, `quarantined`, `downgrade`, `storage`.
    public func activate(
        _ digest: String,
        packaged: [VerifiedModel],
        allowDowngrade: Bool = false,
        retry: Bool = false,
        at time: UInt64
    ) throws(ModelRejection) {
        guard let model = record.installed(digest) else { throw .notInstalled(digest: digest) }
        if digest == record.active { return }
        if let active = record.active, record.phase == .testing, digest == record.previous {
            // The committed model before the one on probation needs no probation itself.
            try rollBack(active, reason: "\(model.name) activated", quarantine: false, at: time)
            return
        }
        if !retry { try checkQuarantine(digest) }
        if !allowDowngrade {
            try checkFloor(model.name, model.release, packaged, isInstalled: true)
        }
        var new = record
        if retry { new.quarantine.removeAll { $0.digest == digest } }
        if new.phase == .committed { new.previous = new.active }
        // The way back never leads to the model itself.
        if new.previous == digest { new.previous = nil }
        new.active = digest
        new.phase = .testing
        new.probation = Probation()
        try replaceRecord(new)
        note(.activated, model, at: time, reason: "on probation")
    }

    /// Points to the packaged model; a committed model that is left becomes the previous one.
    ///
    /// It needs no probation: it came with the package that it was tested with.
    ///
    /// - Throws: `storage`.
    public func activatePackaged(at time: UInt64) throws(ModelRejection) {
        guard record.active != nil else { return }
        var new = record
        if new.phase == .committed { new.previous = new.active }
        new.active = nil
        new.phase = .committed
        new.probation = nil
        try replaceRecord(new)
        note(.activated, nil, at: time, reason: "by hand")
    }

    /// Ends the probation of the active model well: the floor rises to its release.
    ///
    /// - Throws: `notActive`, `storage`.
    public func commit(_ digest: String, at time: UInt64) throws(ModelRejection) {
        let model = try testing(digest)
        var new = record
        new.phase = .committed
        new.probation = nil
        new.raiseFloor(to: model)
        new.prune(keeping: Self.spareCount)
        try replaceRecord(new)
        clean()
        note(.committed, model, at: time, reason: "it has served its probation")
    }

    /// Goes back from the active model to the previous one.
    ///
    /// A committed model that is left of free will, without quarantine, becomes the previous one; from
    /// the packaged model, the way leads back to it.
    ///
    /// - Parameter digest: the active model; `nil` for the packaged one, which is never quarantined.
    /// - Returns: the digest of the model that is active now; `nil` for the packaged one.
    /// - Throws: `notActive`, `nothingBefore`, `storage`; the model then stays active on disk.
    @discardableResult
    public func rollBack(
        _ digest: String?,
        reason: String,
        quarantine: Bool,
        at time: UInt64
    ) throws(ModelRejection) -> String? {
        guard digest == record.active else {
            throw .notActive(digest: digest, state: activeWords)
        }
        guard digest != nil || record.previous != nil else { throw .nothingBefore }
        let model = digest.flatMap { record.installed($0) }
        var new = record
        new.active = record.previous
        new.previous = record.phase == .committed && !quarantine ? digest : nil
        new.phase = .committed
        new.probation = nil
        if quarantine, let digest { new.quarantine(digest, reason: reason) }
        try replaceRecord(new)
        note(.rolledBack, model, at: time, reason: reason)
        return record.active
    }

    /// Begins a run of the active model; a run of the same boot that has not ended was a crash.
    ///
    /// Does nothing unless the model is on probation.
    ///
    /// - Parameters:
    ///   - boot: identifies the boot of the machine.
    ///   - now: time since boot.
    /// - Returns: why the model must be taken back, in words; `nil` when it goes on.
    /// - Throws: `storage`; crashes cannot be counted then.
    public func beginRun(
        boot: String,
        monotonicMicroseconds now: UInt64,
        limit: Probation.CrashLimit = Probation.CrashLimit()
    ) throws(ModelRejection) -> String? {
        guard var probation = record.probation else { return nil }
        let isOver = probation.begin(boot: boot, atMicroseconds: now, limit: limit)
        try keep(probation)
        return isOver
            ? "affectd ended by itself \(probation.crashMicroseconds.count) times within"
                + " \(limit.windowMicroseconds / 1_000_000) seconds" : nil
    }

    /// Ends a run in order.
    ///
    /// - Throws: `storage`.
    public func endRun() throws(ModelRejection) {
        guard var probation = record.probation, probation.isRunning else { return }
        probation.isRunning = false
        try keep(probation)
    }

    /// Keeps what the model on probation has done so far; each call writes to the disk.
    ///
    /// Does nothing when another model is active by now.
    ///
    /// - Throws: `storage`.
    public func count(
        _ digest: String,
        utterances: Int,
        listeningSeconds: Int
    ) throws(ModelRejection) {
        guard digest == record.active, var probation = record.probation else { return }
        probation.utterances = utterances
        probation.listeningSeconds = listeningSeconds
        try keep(probation)
    }

    private func keep(_ probation: Probation) throws(ModelRejection) {
        guard probation != record.probation else { return }
        var new = record
        new.probation = probation
        try replaceRecord(new)
    }

    private func testing(_ digest: String) throws(ModelRejection) -> StoreRecord.Installed {
        guard digest == record.active, record.phase == .testing,
            let model = record.installed(digest)
        else { throw .notActive(digest: digest, state: activeWords) }
        return model
    }

    private var activeWords: String {
        record.active.map { "\($0) is active and \(record.phase.rawValue)" }
            ?? "the packaged model is active"
    }
}
