/// The shape of an activation: `[time, frequency, channels]`.
public struct TensorShape: Equatable, Sendable {
    /// Frames.
    public var time: Int
    /// Rows of an image; 1 in a sequence that no `reshape` has turned into one.
    public var frequency: Int
    /// Channels, contiguous in memory.
    public var channels: Int

    /// Makes a shape.
    public init(time: Int, frequency: Int, channels: Int) {
        self.time = time
        self.frequency = frequency
        self.channels = channels
    }

    /// Number of elements.
    public var count: Int { time * frequency * channels }
}

extension TensorShape: CustomStringConvertible {
    /// The shape like `[188, 40, 1]`.
    public var description: String { "[\(time), \(frequency), \(channels)]" }
}
