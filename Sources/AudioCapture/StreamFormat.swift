/// Rate and channels of a stream of interleaved Int16 samples.
public struct StreamFormat: Equatable, Sendable {
    /// The rates that are accepted, in Hz.
    public static let sampleRates = 8000...192_000
    /// The numbers of channels that are accepted.
    public static let channelCounts = 1...8

    /// Frames per second, 8000 … 192000.
    public let sampleRate: Int
    /// Interleaved channels, 1 … 8.
    public let channelCount: Int

    /// Makes a format.
    public init(sampleRate: Int, channelCount: Int) {
        precondition(Self.sampleRates.contains(sampleRate))
        precondition(Self.channelCounts.contains(channelCount))
        self.sampleRate = sampleRate
        self.channelCount = channelCount
    }
}
