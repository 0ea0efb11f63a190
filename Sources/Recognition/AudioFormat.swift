/// The format of the samples that go into `Recognizer`: interleaved Int16.
public struct AudioFormat: Equatable, Sendable {
    /// Frames a second in hertz.
    public let sampleRate: Int
    /// Interleaved channels.
    public let channelCount: Int

    /// Makes a format.
    public init(sampleRate: Int, channelCount: Int) {
        self.sampleRate = sampleRate
        self.channelCount = channelCount
    }
}
