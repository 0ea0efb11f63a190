/// Which model, and where it stands in its life.
public struct ModelReference: Equatable, Sendable {
    /// Where a model stands in its life on this device.
    public enum Phase: String, CaseIterable, Sendable {
        /// Answers, and has been trusted before.
        case active
        /// Answers, and may still be rolled back.
        case probation
        /// Present, and not in use.
        case available
        /// Present, and taken back before.
        case quarantined
    }

    /// Name of the model, as in its manifest.
    public var name: String
    /// Release of the model, as in its manifest.
    public var release: Int
    /// SHA-256 of the model file, 64 hexadecimal digits.
    public var digest: String
    /// Where it stands.
    public var phase: Phase
    /// Why it is trusted: `place`, `signature` or `unsigned`; `nil` when nobody asked.
    public var trust: String?

    /// Makes a reference.
    public init(
        name: String,
        release: Int,
        digest: String,
        phase: Phase,
        trust: String? = nil
    ) {
        self.name = name
        self.release = release
        self.digest = digest
        self.phase = phase
        self.trust = trust
    }

    /// Name and release, in words.
    public var title: String { "\(name) release \(release)" }
}
