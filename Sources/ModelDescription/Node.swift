/// One operation of a graph.
public struct Node: Equatable, Sendable {
    /// Name, unique in the graph; prefix of the node's tensors.
    public var name: String
    /// What it computes.
    public var operation: Operation
    /// Names of its inputs.
    public var inputs: [String]
    /// Quantisation of its output; int8 models only.
    public var output: ActivationQuantization?

    /// Makes a node.
    public init(
        name: String,
        operation: Operation,
        inputs: [String],
        output: ActivationQuantization? = nil
    ) {
        self.name = name
        self.operation = operation
        self.inputs = inputs
        self.output = output
    }

    /// Names of the tensors that belong to this node, without the node's own name.
    public func tensorNames(precision: ModelManifest.Precision) -> [String] {
        switch operation {
        case .conv2d, .depthwiseConv2d, .fullyConnected:
            precision == .int8
                ? ["weight", "bias", "multiplier", "shift"] : ["weight", "bias"]
        case .batchNorm:
            ["scale", "offset", "mean", "variance"]
        default: []
        }
    }
}

/// Quantisation of an activation: `real = scale · (q − zeroPoint)`.
public struct ActivationQuantization: Equatable, Sendable {
    /// Real size of one step, for tools; the engine uses integers alone.
    public var scale: Double
    /// The Int8 value that stands for 0.
    public var zeroPoint: Int32
    /// Lowest stored value, after the activation.
    public var minimum: Int32
    /// Highest stored value, after the activation.
    public var maximum: Int32

    /// Makes the quantisation of an activation.
    public init(scale: Double, zeroPoint: Int32, minimum: Int32 = -128, maximum: Int32 = 127) {
        self.scale = scale
        self.zeroPoint = zeroPoint
        self.minimum = minimum
        self.maximum = maximum
    }
}
