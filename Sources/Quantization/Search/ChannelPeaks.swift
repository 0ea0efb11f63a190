import ModelDescription

/// The greatest magnitude of every channel of every activation.
struct ChannelPeaks {
    /// For each place of `ScaleGroups`, for each channel; empty before the first clip.
    private(set) var peaks: [[Float]] = []

    mutating func add(_ clip: CalibrationClip, in network: FloatNetwork) {
        let input = network.input(features: clip.features, frameCount: clip.frameCount)
        let activations =
            [input]
            + network.activations(features: clip.features, frameCount: clip.frameCount)
        if peaks.isEmpty {
            peaks = activations.map { Array(repeating: 0, count: $0.shape.channels) }
        }
        for (place, activation) in activations.enumerated() {
            let count = activation.shape.channels
            for first in stride(from: 0, to: activation.values.count, by: count) {
                for channel in 0..<count {
                    let magnitude = abs(activation.values[first + channel])
                    peaks[place][channel] = max(peaks[place][channel], magnitude)
                }
            }
        }
    }
}
