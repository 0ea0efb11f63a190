import ModelDescription

extension ModelStore {
    /// Reads an installed model with all checks.
    ///
    /// - Throws: `notInstalled`, and what `VerifiedModel.init` throws.
    public func verified(
        _ digest: String,
        policy: TrustPolicy
    ) throws(ModelRejection) -> VerifiedModel {
        guard record.installed(digest) != nil else { throw .notInstalled(digest: digest) }
        return try VerifiedModel(
            reading: path(of: digest),
            policy: policy,
            expectedDigest: digest
        )
    }

    /// Chooses the model to run: the active one if it verifies, else the previous one, else the first
    /// packaged one.
    ///
    /// Writes nothing.
    ///
    /// - Parameters:
    ///   - packaged: the packaged models of this task.
    ///   - objection: why a model that verifies cannot run, in words; `nil` when it can.
    public func choose(
        policy: TrustPolicy,
        packaged: [VerifiedModel],
        objection: (VerifiedModel) -> String? = { _ in nil }
    ) -> BootChoice {
        var reasons: [String] = []
        let active = record.active.flatMap {
            usable($0, .active, policy, objection, &reasons)
        }
        if let active {
            return choice(active, .active, record.phase, reasons, packaged)
        }
        // Where nothing is active, the packaged model is the one that is wanted.
        if record.active != nil, let previous = previous(policy, objection, &reasons) {
            return choice(previous, .previous, .committed, reasons, packaged)
        }
        for model in packaged {
            guard let words = objection(model) else {
                return choice(model, .packaged, .committed, reasons, packaged)
            }
            reasons.append("\(model.path) is not used: \(words)")
        }
        if record.active == nil, let previous = previous(policy, objection, &reasons) {
            return choice(previous, .previous, .committed, reasons, packaged)
        }
        return BootChoice(model: nil, place: .none, phase: .committed, reasons: reasons)
    }

    private func previous(
        _ policy: TrustPolicy,
        _ objection: (VerifiedModel) -> String?,
        _ reasons: inout [String]
    ) -> VerifiedModel? {
        guard let digest = record.previous else { return nil }
        return usable(digest, .previous, policy, objection, &reasons)
    }

    private func usable(
        _ digest: String,
        _ place: BootChoice.Place,
        _ policy: TrustPolicy,
        _ objection: (VerifiedModel) -> String?,
        _ reasons: inout [String]
    ) -> VerifiedModel? {
        do throws(ModelRejection) {
            let model = try verified(digest, policy: policy)
            guard let words = objection(model) else { return model }
            throw .unfit(path: model.path, reason: words)
        } catch {
            reasons.append("the \(place.rawValue) model is not used: \(error)")
            return nil
        }
    }

    private func choice(
        _ model: VerifiedModel,
        _ place: BootChoice.Place,
        _ phase: StoreRecord.Phase,
        _ reasons: [String],
        _ packaged: [VerifiedModel]
    ) -> BootChoice {
        let newer = place == .packaged ? [] : Self.newerPackaged(than: model, packaged)
        return BootChoice(model: model, place: place, phase: phase, reasons: reasons + newer)
    }

    private static func newerPackaged(
        than model: VerifiedModel,
        _ packaged: [VerifiedModel]
    ) -> [String] {
        packaged.filter {
            $0.manifest.name == model.manifest.name
                && $0.manifest.release > model.manifest.release
        }.map {
            "the packaged \($0.manifest.name) release \($0.manifest.release) does not displace"
                + " the installed release \(model.manifest.release)"
        }
    }
}
