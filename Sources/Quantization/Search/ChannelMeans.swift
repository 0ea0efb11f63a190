import ModelDescription

/// Means of the channels of one activation over all of its cells in all clips.
struct ChannelMeans {
    private var sums: [Double]
    private var activeCounts: [Int]
    private var cellCount = 0

    init(channelCount: Int) {
        sums = Array(repeating: 0, count: channelCount)
        activeCounts = Array(repeating: 0, count: channelCount)
    }

    /// The mean of a channel; 0 without any cells.
    func mean(_ channel: Int) -> Double { sums[channel] / Double(max(cellCount, 1)) }

    /// Share of a channel's cells that a small shift before the activation reaches.
    func activeShare(_ channel: Int) -> Double {
        Double(activeCounts[channel]) / Double(max(cellCount, 1))
    }

    /// Adds an activation, channels contiguous.
    mutating func add(_ values: [Double], behind activation: Operation.Activation) {
        for first in stride(from: 0, to: values.count, by: sums.count) {
            for channel in sums.indices {
                let value = values[first + channel]
                sums[channel] += value
                let isActive =
                    switch activation {
                    case .none: true
                    case .relu: value > 0
                    case .relu6: value > 0 && value < 6
                    }
                if isActive { activeCounts[channel] += 1 }
            }
            cellCount += 1
        }
    }
}
