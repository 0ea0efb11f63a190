/// What was agreed with a device.
public struct CaptureParameters: Equatable, Sendable {
    /// The device as ALSA knows it.
    public let device: String
    /// Native rate and channels.
    public let format: StreamFormat
    /// How the device stores a sample.
    public let encoding: SampleEncoding
    /// Frames between two interrupts of the card.
    public let periodFrames: Int
    /// Frames that the card keeps while nobody reads.
    public let bufferFrames: Int

    package init(
        device: String,
        format: StreamFormat,
        encoding: SampleEncoding,
        periodFrames: Int,
        bufferFrames: Int
    ) {
        self.device = device
        self.format = format
        self.encoding = encoding
        self.periodFrames = periodFrames
        self.bufferFrames = bufferFrames
    }

    /// How long the card's buffer bridges, in milliseconds.
    public var bufferMilliseconds: Int { bufferFrames * 1000 / format.sampleRate }

    /// One line for the log.
    public var description: String {
        "\(device): \(format.sampleRate) Hz, \(format.channelCount) channel"
            + (format.channelCount == 1 ? "" : "s")
            + ", \(encoding.alsaName), buffer \(bufferMilliseconds) ms"
    }
}
