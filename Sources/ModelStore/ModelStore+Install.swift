import ModelDescription
import ModelTrust
import SystemIntegration

extension ModelStore {
    /// Room that must stay on the disk for the record, the history and the folders.
    private static let spareBytes = 64 << 10

    /// Copies a model into the store, for its self-test; nothing points to it yet.
    ///
    /// All that speaks against the model is found before anything is written.
    ///
    /// - Parameters:
    ///   - packaged: the packaged models of this task, whose releases count as a floor.
    ///   - allowDowngrade: takes a release that is not above the floor.
    ///   - retry: takes a model that was taken back before.
    /// - Throws: `unfit`, `quarantined`, `downgrade`, `noSpace`, `storage`.
    public func stage(
        _ candidate: VerifiedModel,
        packaged: [VerifiedModel],
        allowDowngrade: Bool = false,
        retry: Bool = false
    ) throws(ModelRejection) -> StagedModel {
        let manifest = candidate.manifest
        let digest = candidate.digest.hexadecimal
        try checkFitness(candidate)
        if !retry { try checkQuarantine(digest) }
        if !allowDowngrade && digest != record.active {
            try checkFloor(manifest.name, manifest.release, packaged)
        }
        let isInstalled = isWhole(digest, candidate)
        let path = isInstalled ? folder(of: digest) : folder(of: digest) + ".new"
        if !isInstalled {
            try checkSpace(for: candidate)
            try write(candidate, into: path)
        }
        return StagedModel(
            path: "\(path)/\(Self.fileName)",
            digest: digest,
            name: manifest.name,
            release: manifest.release,
            isInstalled: isInstalled,
            retry: retry
        )
    }

    /// Takes a staged model in, after its self-test; `activate` points to it.
    ///
    /// - Throws: what `VerifiedModel.init` throws when the staged copy is not what it was; `storage`.
    public func install(
        _ model: StagedModel,
        policy: TrustPolicy,
        at time: UInt64
    ) throws(ModelRejection) {
        let verified = try VerifiedModel(
            reading: model.path,
            policy: policy,
            expectedDigest: model.digest
        )
        let entry = StoreRecord.Installed(
            digest: model.digest,
            name: verified.manifest.name,
            release: verified.manifest.release,
            version: verified.manifest.version,
            trust: verified.trust.word,
            wallClockMicroseconds: time
        )
        if !model.isInstalled { try moveIntoPlace(model.digest) }
        var new = record
        if model.retry { new.quarantine.removeAll { $0.digest == model.digest } }
        new.add(entry)
        new.prune(keeping: Self.spareCount)
        try replaceRecord(new)
        staged = nil
        clean()
        note(.installed, entry, at: time, reason: verified.trust.description)
    }

    /// Removes a staged model that is not wanted.
    public func discard(_ model: StagedModel) {
        staged = nil
        clean()
    }

    private func checkFitness(_ candidate: VerifiedModel) throws(ModelRejection) {
        let manifest = candidate.manifest
        guard candidate.trust != .place else {
            throw .unfit(
                path: candidate.path,
                reason: "a packaged model is used where it lies; activate the packaged model"
            )
        }
        guard manifest.task == task else {
            throw .unfit(
                path: candidate.path,
                reason: "expected a model for \(task.rawValue), found \(manifest.task.rawValue)"
            )
        }
        guard manifest.precision == .int8 else {
            throw .unfit(
                path: candidate.path,
                reason: "expected an int8 model, found \(manifest.precision.rawValue);"
                    + " make one with affect-model quantize"
            )
        }
    }

    func checkQuarantine(_ digest: String) throws(ModelRejection) {
        if let found = record.quarantine.first(where: { $0.digest == digest }) {
            throw .quarantined(digest: digest, reason: found.reason)
        }
    }

    /// A new model must be above the floor; one that was installed before may stand on it.
    func checkFloor(
        _ name: String,
        _ release: Int,
        _ packaged: [VerifiedModel],
        isInstalled: Bool = false
    ) throws(ModelRejection) {
        let floor = record.floor(of: name, packaged: packaged)
        guard release > floor || isInstalled && release == floor else {
            throw .downgrade(name: name, release: release, floor: floor)
        }
    }

    /// Whether exactly these files are installed already.
    private func isWhole(_ digest: String, _ candidate: VerifiedModel) -> Bool {
        guard record.installed(digest) != nil else { return false }
        let path = "\(folder(of: digest))/\(Self.fileName)"
        func content(_ path: String, _ limit: Int) -> [UInt8]? {
            try? FileDescriptor.contents(ofRegularFile: path, limit: limit)
        }
        return content(path, VerifiedModel.sizeLimit) == candidate.bytes
            && content(path + VerifiedModel.signatureSuffix, VerifiedModel.signatureSizeLimit)
                == candidate.signatureBytes
    }

    private func checkSpace(for candidate: VerifiedModel) throws(ModelRejection) {
        let needed =
            candidate.bytes.count + (candidate.signatureBytes?.count ?? 0) + Self.spareBytes
        let available: Int
        do throws(SystemIntegrationError) {
            try makeFolders()
            available = try FileSystemSpace.availableBytes(at: modelsFolder)
        } catch {
            throw .storage(error)
        }
        guard available >= needed else {
            throw .noSpace(needed: needed, available: available)
        }
    }

    /// Writes both files and their folder to the disk.
    private func write(_ candidate: VerifiedModel, into path: String) throws(ModelRejection) {
        staged = "\(candidate.digest.hexadecimal).new"
        do throws(SystemIntegrationError) {
            try Self.removeAll(path)
            try Directory.make(path)
            let file = "\(path)/\(Self.fileName)"
            try DurableFile.create(candidate.bytes, at: file)
            if let signature = candidate.signatureBytes {
                try DurableFile.create(signature, at: file + VerifiedModel.signatureSuffix)
            }
            try Directory.synchronize(path)
        } catch {
            staged = nil
            clean()
            throw .storage(error)
        }
    }

    /// Gives the staged folder its name; damaged files of the same model make way.
    private func moveIntoPlace(_ digest: String) throws(ModelRejection) {
        let path = folder(of: digest)
        do throws(SystemIntegrationError) {
            if (try? FileStatus(of: path)) != nil {
                try Self.removeAll("\(path).old")
                try DurableFile.rename(path, to: "\(path).old")
            }
            try DurableFile.rename("\(path).new", to: path)
        } catch {
            throw .storage(error)
        }
    }
}
