/// One triangular filter with peak 1, as the bins on which it has a weight.
public struct MelFilter: Equatable, Sendable {
    /// The first bin with a weight.
    public let firstBin: Int
    /// The weights from there on, at least one.
    public let weights: [Double]
}
