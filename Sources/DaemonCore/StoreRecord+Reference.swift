import EventProtocol
import ModelStore

extension StoreRecord {
    /// An installed model as events name it.
    func reference(_ digest: String) -> ModelReference? {
        guard let model = installed(digest) else { return nil }
        let isQuarantined = quarantine.contains { $0.digest == digest }
        return ModelReference(
            name: model.name,
            release: model.release,
            digest: digest,
            phase: phase(of: digest) ?? (isQuarantined ? .quarantined : .available),
            trust: model.trust
        )
    }

    /// Where the active model stands; `nil` for all others.
    func phase(of digest: String) -> ModelReference.Phase? {
        guard digest == active else { return nil }
        return phase == .testing ? .probation : .active
    }
}
