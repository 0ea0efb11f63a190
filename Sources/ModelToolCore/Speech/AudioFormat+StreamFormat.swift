import AudioCapture
import Recognition

extension AudioFormat {
    /// The format of a file's samples.
    init(_ format: StreamFormat) {
        self.init(sampleRate: format.sampleRate, channelCount: format.channelCount)
    }
}
