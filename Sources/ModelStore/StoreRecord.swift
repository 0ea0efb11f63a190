import ModelDescription

/// What a store knows beside the model files: the pointers and what goes with them.
///
/// It is one file, replaced as a whole, so that whatever belongs together changes together.
public struct StoreRecord: Equatable, Sendable {
    /// Where the active model stands.
    public enum Phase: String, CaseIterable, Sendable {
        /// It may still be taken back by itself.
        case testing
        /// It has served its probation.
        case committed
    }

    /// A model that lies in the store.
    public struct Installed: Equatable, Sendable {
        /// 64 hexadecimal digits.
        public let digest: String
        /// Name in the manifest.
        public let name: String
        /// Release in the manifest.
        public let release: Int
        /// Version for humans in the manifest.
        public let version: String
        /// Why it was trusted when it was installed, in one word.
        public let trust: String
        /// When it was installed.
        public let wallClockMicroseconds: UInt64
    }

    /// A model that was taken back.
    public struct Quarantined: Equatable, Sendable {
        /// 64 hexadecimal digits.
        public let digest: String
        /// Why, in words.
        public let reason: String
    }

    /// The highest release of a name that was ever committed.
    public struct Floor: Equatable, Sendable {
        /// Name in the manifest.
        public let name: String
        /// Release in the manifest.
        public let release: Int
    }

    static let quarantineLimit = 64

    /// The digest of the model in use; `nil` for the packaged one.
    public internal(set) var active: String?
    /// The digest of the committed model before it; `nil` for the packaged one.
    public internal(set) var previous: String?
    /// Where the active model stands.
    public internal(set) var phase: Phase = .committed
    /// What the active model has done, while it is on probation.
    public internal(set) var probation: Probation?
    /// Releases that are not gone below.
    public internal(set) var floors: [Floor] = []
    /// Models that were taken back, the newest last.
    public internal(set) var quarantine: [Quarantined] = []
    /// Models in the store, the newest last.
    public internal(set) var models: [Installed] = []

    /// The record of an empty store.
    init() {}

    /// The highest release of a name that was committed here or lies in the folder of the packages.
    ///
    /// - Returns: 0 when there is none.
    func floor(of name: String, packaged: [VerifiedModel]) -> Int {
        let releases =
            packaged.map(\.manifest).filter { $0.name == name }.map(\.release)
            + floors.filter { $0.name == name }.map(\.release)
        return releases.max() ?? 0
    }

    /// An installed model.
    public func installed(_ digest: String) -> Installed? {
        models.first { $0.digest == digest }
    }

    mutating func add(_ model: Installed) {
        models.removeAll { $0.digest == model.digest }
        models.append(model)
    }

    mutating func raiseFloor(to model: Installed) {
        let before = floors.first { $0.name == model.name }?.release ?? 0
        floors.removeAll { $0.name == model.name }
        floors.append(Floor(name: model.name, release: max(before, model.release)))
    }

    mutating func quarantine(_ digest: String, reason: String) {
        quarantine.removeAll { $0.digest == digest }
        quarantine.append(Quarantined(digest: digest, reason: HistoryEntry.limited(reason)))
        quarantine.removeFirst(max(0, quarantine.count - Self.quarantineLimit))
    }

    /// Forgets all models but the active and the previous one and the newest others.
    mutating func prune(keeping others: Int) {
        let spare = models.filter { $0.digest != active && $0.digest != previous }
        let dropped = spare.dropLast(others).map(\.digest)
        models.removeAll { dropped.contains($0.digest) }
    }
}
