public import ModelFile

/// Why a model cannot be quantised.
public enum QuantizationError: Error, Equatable {
    /// The model is already an integer model.
    case notFullPrecision(model: String)
    /// A batch normalisation has no operation in front of it that could take it in.
    case cannotFold(node: String, reason: String)
    /// There is nothing to calibrate with.
    case noCalibration
    /// A value of an activation is infinite or not a number.
    case notFinite(node: String, clip: String)
    /// The result breaks a rule of the model format.
    case rejected(ModelFileError)
}

extension QuantizationError: CustomStringConvertible {
    /// The error in words: what was expected, what came, what to do.
    public var description: String {
        switch self {
        case .notFullPrecision(let model):
            "model \(model) is already int8: give the full-precision model that it was made from"
        case .cannotFold(let node, let reason):
            "batchNorm \(node) cannot be folded: \(reason);"
                + " put it directly behind a convolution or a fullyConnected without activation"
        case .noCalibration:
            "no calibration clip has enough speech: give more or louder recordings of speech"
        case .notFinite(let node, let clip):
            "node \(node) gives a value that is not finite for the clip \(clip):"
                + " the full-precision model is broken"
        case .rejected(let error):
            "the quantised model breaks the format: \(error)"
        }
    }
}
