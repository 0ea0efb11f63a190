/// A window that slides over time and frequency.
public struct SlidingWindow: Sendable {
    /// The axis of frames.
    public var time: SlidingAxis
    /// The axis of frequency rows.
    public var frequency: SlidingAxis

    /// Describes a window by its two axes.
    public init(time: SlidingAxis, frequency: SlidingAxis) {
        self.time = time
        self.frequency = frequency
    }

    /// Taps of the window, `time.kernel · frequency.kernel`.
    @inlinable public var tapCount: Int { time.kernel &* frequency.kernel }

    /// Returns the shape of what the window yields over `input`, with `channels` per cell.
    @inlinable public func outputShape(
        of input: ActivationShape,
        channels: Int
    ) -> ActivationShape {
        ActivationShape(
            time: time.outputExtent(input.time),
            frequency: frequency.outputExtent(input.frequency),
            channels: channels
        )
    }
}
