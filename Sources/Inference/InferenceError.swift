public import ModelDescription

/// Why a network cannot be prepared.
public enum InferenceError: Error, Equatable {
    /// The engine runs integer models only.
    case notInteger(ModelManifest.Precision)
    /// The graph does not fit together at its greatest number of frames.
    case graph(GraphError)
    /// A node lacks the integers that an int8 model must give it.
    case missingQuantization(node: String)
}

extension InferenceError: CustomStringConvertible {
    /// The error in words: what was expected, what came, what to do.
    public var description: String {
        switch self {
        case .notInteger(let precision):
            "the engine runs int8 models, this one is \(precision.rawValue): quantise it first"
        case .graph(let error):
            "\(error)"
        case .missingQuantization(let node):
            "node \(node) has no quantisation: quantise the model again"
        }
    }
}
