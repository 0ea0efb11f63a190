/// Why a graph does not fit together.
public enum GraphError: Error, Equatable {
    /// An output extent is below 1.
    case empty(node: String, input: TensorShape)
    /// Inputs of one node must have the same shape, apart from the concatenated axis.
    case mismatch(node: String, TensorShape, TensorShape)
    /// Fully connected nodes need one frame.
    case timeNotReduced(node: String, input: TensorShape)
    /// The values of a frame must fill the frequencies of a `reshape` evenly.
    case indivisible(node: String, input: TensorShape, frequency: Int)
    /// The last node must give `[1, 1, labels]`.
    case wrongOutput(TensorShape, labels: Int)
}

extension GraphError: CustomStringConvertible {
    /// The error in words.
    public var description: String {
        switch self {
        case .empty(let node, let input):
            "node \(node): nothing is left of its input \(input); use fewer or smaller strides"
        case .mismatch(let node, let first, let second):
            "node \(node): its inputs \(first) and \(second) do not fit together"
        case .timeNotReduced(let node, let input):
            "node \(node): fullyConnected needs an input of one frame, found \(input); pool first"
        case .indivisible(let node, let input, let frequency):
            "node \(node): a frame of its input \(input) does not divide into \(frequency) frequencies"
        case .wrongOutput(let shape, let labels):
            "the last node gives \(shape), expected [1, 1, \(labels)] for \(labels) labels"
        }
    }
}
