/// The range of every activation of a network.
public struct ActivationRanges: Equatable, Sendable {
    /// One for each place of `ScaleGroups`; places of one group have the same.
    package var ranges: [ActivationRange]
    /// How each was chosen.
    public internal(set) var methods: [RangeMethod]
}
