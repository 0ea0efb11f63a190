/// Features of one piece of calibration audio, normalised as the device does.
public struct CalibrationClip: Equatable, Sendable {
    /// Where it comes from, for messages.
    public let name: String
    /// Features in the Q-format of the model, [frameCount, channelCount].
    public let features: [Int16]
    /// Its frames.
    public let frameCount: Int

    /// Makes a clip.
    ///
    /// - Range: `frameCount` from `minimumFrames` to `maximumFrames` of the model.
    public init(name: String, features: [Int16], frameCount: Int) {
        self.name = name
        self.features = features
        self.frameCount = frameCount
    }
}
