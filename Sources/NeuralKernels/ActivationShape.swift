/// The extents of one activation, stored as `[time, frequency, channels]`, channels contiguous.
public struct ActivationShape: Sendable {
    /// Frames.
    public var time: Int
    /// Frequency rows of an image, 1 for a sequence.
    public var frequency: Int
    /// Values of one cell.
    public var channels: Int

    /// Describes an activation of the given extents.
    public init(time: Int, frequency: Int, channels: Int) {
        self.time = time
        self.frequency = frequency
        self.channels = channels
    }

    /// Cells of the activation, `time · frequency`.
    @inlinable public var cellCount: Int { time &* frequency }

    /// Elements of the activation, `time · frequency · channels`.
    @inlinable public var elementCount: Int { time &* frequency &* channels }

    /// Whether all extents are those of `other`.
    @inlinable public func hasExtents(of other: ActivationShape) -> Bool {
        time == other.time && frequency == other.frequency && channels == other.channels
    }
}
