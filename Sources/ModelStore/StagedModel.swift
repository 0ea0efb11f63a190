/// A model that lies in the store and is not installed yet: what the self-test is made with.
public struct StagedModel: Equatable, Sendable {
    /// The copy in the store.
    public let path: String
    /// 64 hexadecimal digits.
    public let digest: String
    /// Name in the manifest.
    public let name: String
    /// Release in the manifest.
    public let release: Int
    /// Whether the model was installed before, so that nothing had to be written.
    public let isInstalled: Bool
    /// Whether it may be installed although it was taken back before.
    let retry: Bool
}
