import ModelDescription
import ModelFile
import OnnxFormat

/// Turns the nodes of an ONNX graph into nodes of a model, one after the other.
///
/// Activations of a model are `[time, frequency, channels]`; ONNX leaves it to each tensor what its
/// dimensions mean. So the importer follows the meaning of every dimension: transpositions,
/// flattening and dimensions of extent 1 need no node of their own, and weights are reordered
/// where they are read.
struct OnnxImporter {
    static let operations = [
        "Add", "AveragePool", "BatchNormalization", "Clip", "Concat", "Constant", "Conv", "Dropout",
        "Flatten", "Gemm", "GlobalAveragePool", "Identity", "MatMul", "MaxPool", "Mul",
        "ReduceMean",
        "Relu", "Reshape", "Softmax", "Squeeze", "Transpose", "Unsqueeze",
    ]

    private(set) var nodes: [Node] = []
    var tensors: [String: Tensor] = [:]
    private var constants: [String: ConstantTensor] = [:]
    private var activations: [String: Activation] = [:]
    private var readerCounts: [String: Int] = [:]
    private var names: Set<String> = [Graph.inputName]

    /// - Parameters:
    ///   - features: the ONNX name of the input and what it is.
    init(_ graph: Onnx_GraphProto, features: (name: String, activation: Activation)) {
        for tensor in graph.initializer { constants[tensor.name] = ConstantTensor(tensor) }
        for name in graph.node.flatMap(\.input) + graph.output.map(\.name) {
            readerCounts[name, default: 0] += 1
        }
        activations[features.name] = features.activation
    }

    /// Takes all nodes.
    ///
    /// - Returns: nodes that the output depends on, the last one giving the logits.
    mutating func run(_ graph: Onnx_GraphProto) throws(ModelImportError) -> [Node] {
        for proto in graph.node {
            let node = OnnxNode(proto)
            guard proto.domain.isEmpty || proto.domain == "ai.onnx" else {
                throw node.refused("operators of \(proto.domain) are not known")
            }
            try take(node)
        }
        guard graph.output.count == 1, let output = activations[graph.output[0].name] else {
            throw .graph(
                "expected one output that depends on the input, found \(graph.output.count)"
            )
        }
        var needed: Set<String> = [output.node]
        for node in nodes.reversed() where needed.contains(node.name) {
            needed.formUnion(node.inputs)
        }
        let used = nodes.filter { needed.contains($0.name) }
        guard used.last?.name == output.node,
            output.dimensions.filter({ !$0.isEmpty && $0 != [.batch] }) == [[.channel]]
        else {
            throw .graph(
                "expected logits of shape [batch, labels] as output: average over time and"
                    + " frequency, then flatten"
            )
        }
        for node in nodes where !needed.contains(node.name) {
            for name in node.tensorNames(precision: .float32) {
                tensors["\(node.name).\(name)"] = nil
            }
        }
        return used
    }

    private mutating func take(_ node: OnnxNode) throws(ModelImportError) {
        switch node.operation {
        case "Constant":
            guard let constant = node.constant, let output = node.outputs.first else {
                throw node.refused("expected a tensor of float32 or int64 in the file itself")
            }
            constants[output] = constant
        case "Conv": try takeConvolution(node)
        case "Gemm": try takeGemm(node)
        case "MatMul": try takeMatrixProduct(node)
        case "BatchNormalization": try takeBatchNormalization(node)
        case "Relu", "Clip": try takeActivation(node)
        case "Add": try takeSum(node)
        case "Mul": try takeProduct(node)
        case "Concat": try takeConcatenation(node)
        case "MaxPool", "AveragePool": try takePool(node)
        case "GlobalAveragePool": try takeGlobalPool(node)
        case "ReduceMean": try takeMean(node)
        case "Flatten": try takeFlatten(node)
        case "Reshape": try takeReshape(node)
        case "Squeeze": try takeSqueeze(node)
        case "Unsqueeze": try takeUnsqueeze(node)
        case "Transpose": try takeTranspose(node)
        case "Softmax": try takeSoftmax(node)
        case "Identity" where isConstant(node, 0):
            // PyTorch shares equal constants in this way.
            if let output = node.outputs.first { constants[output] = constants[node.inputs[0]] }
        case "Identity", "Dropout": rename(node, 0, to: try activation(node, 0).dimensions)
        default:
            throw node.refused("is not supported; supported are \(ImportedModel.operations)")
        }
    }

    // MARK: What the parts share

    /// An input that depends on the features.
    func activation(_ node: OnnxNode, _ index: Int) throws(ModelImportError) -> Activation {
        guard index < node.inputs.count, let found = activations[node.inputs[index]] else {
            throw node.refused("input \(index) must depend on the input of the network")
        }
        guard !found.isProbability else {
            throw node.refused("nothing may follow the softmax, which must be the end")
        }
        return found
    }

    /// Whether an input is a constant of the file.
    func isConstant(_ node: OnnxNode, _ index: Int) -> Bool {
        index < node.inputs.count && constants[node.inputs[index]] != nil
    }

    /// A constant of floating point.
    func reals(
        _ node: OnnxNode,
        _ index: Int
    ) throws(ModelImportError) -> (values: [Float], dimensions: [Int]) {
        guard index < node.inputs.count, let found = constants[node.inputs[index]],
            let values = found.reals
        else {
            throw node.refused("input \(index) must be a float32 constant in the file itself")
        }
        return (values, found.dimensions)
    }

    /// A constant of integers; nil if the input is absent.
    func integers(_ node: OnnxNode, _ index: Int) throws(ModelImportError) -> [Int]? {
        guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
        guard let found = constants[node.inputs[index]]?.integers else {
            throw node.refused("input \(index) must be an int64 constant in the file itself")
        }
        return found
    }

    /// A single real constant; nil if the input is absent.
    func scalar(_ node: OnnxNode, _ index: Int) throws(ModelImportError) -> Float? {
        guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
        let found = try reals(node, index).values
        guard found.count == 1 else { throw node.refused("input \(index) must be one number") }
        return found[0]
    }

    /// Whether nobody else reads what the node of an input computes, under any name.
    func isOnlyReader(_ node: OnnxNode, _ index: Int) -> Bool {
        let name = node.inputs[index]
        return readerCounts[name] == 1 && activations[name]?.isShared == false
    }

    /// Says what the output of a node is.
    mutating func define(_ node: OnnxNode, _ activation: Activation) {
        if let output = node.outputs.first { activations[output] = activation }
    }

    /// Says that the output of a node is one of its inputs, with dimensions of this meaning.
    mutating func rename(_ node: OnnxNode, _ index: Int, to dimensions: [Dimension]) {
        guard var same = activations[node.inputs[index]] else { return }
        same.dimensions = dimensions
        same.isShared = !isOnlyReader(node, index)
        define(node, same)
    }

    /// Appends a node of the model and defines the output of the ONNX node by it.
    mutating func append(
        _ node: OnnxNode,
        _ operation: Operation,
        _ inputs: [Activation],
        dimensions: [Dimension],
        tensors own: [String: Tensor] = [:]
    ) throws(ModelImportError) {
        let name = uniqueName(for: node)
        let made = Node(name: name, operation: operation, inputs: inputs.map(\.node))
        let shape: TensorShape
        do {
            shape = try made.outputShape(of: inputs.map(\.shape))
        } catch {
            throw node.refused("\(error)")
        }
        nodes.append(made)
        for (key, tensor) in own { tensors["\(name).\(key)"] = tensor }
        define(node, Activation(node: name, shape: shape, dimensions: dimensions))
    }

    func operation(of name: String) -> Operation? { nodes.first { $0.name == name }?.operation }

    /// A name that the model format allows, close to that of the ONNX node.
    private mutating func uniqueName(for node: OnnxNode) -> String {
        var words = ""
        var startsWord = false
        for character in node.name {
            guard character.isASCII, character.isLetter || character.isNumber else {
                startsWord = !words.isEmpty
                continue
            }
            if words.isEmpty {
                if character.isLetter { words.append(character.lowercased()) }
            } else {
                words.append(startsWord ? character.uppercased() : String(character))
            }
            startsWord = false
        }
        let base = words.isEmpty ? node.operation.lowercased() : String(words.suffix(40))
        let first = base.first.map { $0.isNumber ? "n" + base : $0.lowercased() + base.dropFirst() }
        var name = first ?? "node"
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(first ?? "node")_\(number)"
        }
        return name
    }
}
