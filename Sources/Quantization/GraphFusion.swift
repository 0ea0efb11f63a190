import ModelDescription
public import ModelFile

/// Folds batch normalisations into the weights in front of them, and takes ReLU and ReLU6 nodes
/// into the operation in front of them.
///
/// The result computes the same function as before, up to rounding of `Float`.
public struct GraphFusion {
    private let source: Model
    private var nodes: [Node]
    private var tensors: [String: Tensor]

    private init(_ model: Model) {
        source = model
        nodes = model.manifest.graph.nodes
        tensors = model.tensors
    }

    /// Makes the equal model without batch normalisation and with fused activations.
    ///
    /// - Throws: `notFullPrecision`; `cannotFold` for a batch normalisation that does not directly
    ///   follow a convolution or a fully connected node; `rejected` never for a valid model.
    public static func fuse(_ model: Model) throws(QuantizationError) -> Model {
        guard model.manifest.precision == .float32 else {
            throw .notFullPrecision(model: model.manifest.name)
        }
        var fusion = GraphFusion(model)
        try fusion.fuseAll()
        var manifest = model.manifest
        manifest.graph.nodes = fusion.nodes
        do {
            return try Model(
                manifest: manifest,
                frontEndTables: model.frontEndTables,
                tensors: fusion.tensors
            )
        } catch {
            throw .rejected(error)
        }
    }

    private mutating func fuseAll() throws(QuantizationError) {
        var index = 0
        while index < nodes.count {
            switch nodes[index].operation {
            case .batchNorm(let epsilon):
                let producer = try producer(ofBatchNorm: index)
                fold(BatchNormAffine(nodes[index], epsilon: epsilon, of: source), into: producer)
                for name in nodes[index].tensorNames(precision: .float32) {
                    tensors["\(nodes[index].name).\(name)"] = nil
                }
                merge(index, into: producer, operation: nodes[producer].operation)
            case .relu:
                index += fuse(.relu, at: index) ? 0 : 1
            case .relu6:
                index += fuse(.relu6, at: index) ? 0 : 1
            default:
                index += 1
            }
        }
    }

    /// The node that a batch normalisation folds into.
    private func producer(ofBatchNorm index: Int) throws(QuantizationError) -> Int {
        let node = nodes[index]
        guard let producer = onlyProducer(of: index) else {
            throw .cannotFold(
                node: node.name,
                reason: "its input \(node.inputs[0]) is the features or has other readers"
            )
        }
        switch nodes[producer].operation {
        case .conv2d(_, _, .none), .depthwiseConv2d(_, _, .none), .fullyConnected(_, .none):
            return producer
        default:
            throw .cannotFold(
                node: node.name,
                reason: "its input \(nodes[producer].name) is a \(nodes[producer].operation.name)"
                    + " or already ends with an activation"
            )
        }
    }

    /// The node whose output this node alone reads; nil for the features and shared outputs.
    private func onlyProducer(of index: Int) -> Int? {
        let name = nodes[index].inputs[0]
        let readers = nodes.reduce(0) { $0 + $1.inputs.count { $0 == name } }
        return readers == 1 ? nodes.firstIndex { $0.name == name } : nil
    }

    private mutating func fold(_ affine: BatchNormAffine, into index: Int) {
        let node = nodes[index]
        let isDepthwise = if case .depthwiseConv2d = node.operation { true } else { false }
        let count = affine.factor.count
        guard let weight = tensors["\(node.name).weight"], let bias = tensors["\(node.name).bias"],
            case .float32(var weights) = weight.elements, case .float32(var biases) = bias.elements
        else { preconditionFailure("validation guarantees the tensors of \(node.name)") }
        let fanIn = weights.count / count
        for position in weights.indices {
            weights[position] *= affine.factor[isDepthwise ? position % count : position / fanIn]
        }
        for channel in 0..<count {
            biases[channel] = biases[channel] * affine.factor[channel] + affine.offset[channel]
        }
        tensors["\(node.name).weight"] = Tensor(shape: weight.shape, .float32(weights))
        tensors["\(node.name).bias"] = Tensor(shape: bias.shape, .float32(biases))
    }

    /// Takes an activation node into its producer if that is legal.
    private mutating func fuse(_ activation: Operation.Activation, at index: Int) -> Bool {
        guard let producer = onlyProducer(of: index),
            let operation = nodes[producer].operation.ending(with: activation)
        else { return false }
        merge(index, into: producer, operation: operation)
        return true
    }

    /// Replaces two nodes by one in the place of the later, under the name of the earlier.
    ///
    /// The earlier owns the weights. Only the later reads it, so moving it back is legal.
    private mutating func merge(_ later: Int, into earlier: Int, operation: Operation) {
        let oldName = nodes[later].name
        var merged = nodes[earlier]
        merged.operation = operation
        nodes[later] = merged
        nodes.remove(at: earlier)
        for index in nodes.indices {
            nodes[index].inputs = nodes[index].inputs.map { $0 == oldName ? merged.name : $0 }
        }
    }
}

extension Operation {
    /// The same operation with an activation at its end; nil if it cannot have one or has one.
    fileprivate func ending(with activation: Activation) -> Operation? {
        switch self {
        case .conv2d(let spatial, let outputChannels, .none):
            .conv2d(spatial, outputChannels: outputChannels, activation)
        case .depthwiseConv2d(let spatial, let depthMultiplier, .none):
            .depthwiseConv2d(spatial, depthMultiplier: depthMultiplier, activation)
        case .fullyConnected(let outputChannels, .none):
            .fullyConnected(outputChannels: outputChannels, activation)
        case .maxPool2d(let spatial, .none):
            .maxPool2d(spatial, activation)
        case .averagePool2d(let spatial, .none):
            .averagePool2d(spatial, activation)
        case .add(.none, let scales):
            .add(activation, scales)
        default:
            nil
        }
    }
}
