/// The scratch of one run of a network: activations, patches, sums and the logits.
///
/// Everything is allocated here once, for the greatest number of frames.
public struct Workspace: ~Copyable {
    /// Logits of the last run, with the zero point and scale of the last node's output.
    public internal(set) var logits: [Int8]

    /// Activations; nodes share buffers by the network's plan.
    var slots: [[Int8]]
    /// Frames of the activation that each buffer holds.
    var times: [Int]
    /// Patches of a convolution.
    var patches: [Int16]
    /// Sums of a depthwise convolution or an average pool.
    var accumulators: [Int32]

    /// Allocates the scratch that `network` needs.
    public init(for network: borrowing Network) {
        logits = Array(repeating: 0, count: network.logitCount)
        slots = network.slotCounts.map { Array(repeating: 0, count: $0) }
        times = Array(repeating: 0, count: network.slotCounts.count)
        patches = Array(repeating: 0, count: network.patchCount)
        accumulators = Array(repeating: 0, count: network.accumulatorCount)
    }
}
