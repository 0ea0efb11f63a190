/// The model to begin with, and why it is this one.
public struct BootChoice: Sendable {
    /// Where the model comes from.
    public enum Place: String, Sendable {
        /// The pointer `active` of the store.
        case active
        /// The pointer `previous` of the store.
        case previous
        /// The folder of the packages.
        case packaged
        /// There is no model.
        case none
    }

    /// The model; `nil` when there is none that verifies and runs.
    public let model: VerifiedModel?
    /// Where it comes from.
    public let place: Place
    /// Whether it is on probation.
    public let phase: StoreRecord.Phase
    /// Why others were not taken, in words; empty when there is nothing to tell.
    public let reasons: [String]
}
