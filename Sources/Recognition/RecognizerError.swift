public import ModelDescription

/// Why recognition cannot be prepared.
public enum RecognizerError: Error, Equatable {
    /// The model is for another task.
    case wrongTask(expected: ModelManifest.Task, found: ModelManifest.Task)
    /// The device runs int8 models only.
    case notQuantized(name: String)
    /// The sampling rate or the number of channels is out of range.
    case unsupportedFormat(AudioFormat)
    /// The front end cannot be prepared.
    case frontEnd(String)
    /// The network cannot be prepared.
    case network(String)
    /// The speech model cannot be used.
    case speechModel(String)
}

extension RecognizerError: CustomStringConvertible {
    /// The error in words: what was expected, what came, what to do.
    public var description: String {
        switch self {
        case .wrongTask(let expected, let found):
            "expected a model for the task \(expected.rawValue), found one for \(found.rawValue)"
        case .notQuantized(let name):
            "the model \(name) is float32; quantise it with affect-model quantize first"
        case .unsupportedFormat(let format):
            "expected 8000 to 192000 Hz and 1 to 32 channels, found \(format.sampleRate) Hz and "
                + "\(format.channelCount) channels"
        case .frontEnd(let reason): "front end: \(reason)"
        case .network(let reason): "network: \(reason)"
        case .speechModel(let reason): "speech model: \(reason)"
        }
    }
}
