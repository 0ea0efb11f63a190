import AcceleratedKernels

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
    /// The padded input of a packed convolution.
    var packedScratch: [CacheLine]
    /// Sums of a depthwise convolution or an average pool.
    var accumulators: [Int32]

    private let keepsActivations: Bool

    /// Allocates the scratch that `network` needs.
    public init(for network: borrowing Network) {
        keepsActivations = network.keepsActivations
        logits = Array(repeating: 0, count: network.logitCount)
        slots = network.slotCounts.map { Array(repeating: 0, count: $0) }
        times = Array(repeating: 0, count: network.slotCounts.count)
        patches = Array(repeating: 0, count: network.patchCount)
        packedScratch = Array(
            repeating: CacheLine(repeating: 0),
            count: network.packedScratchCount
        )
        accumulators = Array(repeating: 0, count: network.accumulatorCount)
    }

    /// Returns a stored activation of the last run, 0 the quantised input, `n + 1` node `n`.
    ///
    /// Behind the values of the run stands what an earlier, longer one left.
    ///
    /// - Precondition: The network was prepared to keep its activations.
    public func activation(_ value: Int) -> [Int8] {
        precondition(keepsActivations)
        return value < slots.count ? slots[value] : logits
    }
}
