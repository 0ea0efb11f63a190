import OnnxFormat

/// A node of the ONNX graph with its attributes by name.
struct OnnxNode {
    let name: String
    let operation: String
    let inputs: [String]
    let outputs: [String]
    private let attributes: [String: Onnx_AttributeProto]

    /// Takes a node; one without a name is known by its first output.
    init(_ node: Onnx_NodeProto) {
        name = node.name.isEmpty ? node.output.first ?? "" : node.name
        operation = node.opType
        inputs = node.input
        outputs = node.output
        attributes = Dictionary(node.attribute.map { ($0.name, $0) }) { first, _ in first }
    }

    func integer(_ name: String, default value: Int) -> Int {
        attributes[name].map { Int($0.i) } ?? value
    }

    func real(_ name: String, default value: Float) -> Float {
        attributes[name]?.f ?? value
    }

    func integers(_ name: String) -> [Int]? {
        attributes[name].map { $0.ints.map { Int($0) } }
    }

    func text(_ name: String) -> String? {
        attributes[name].map { String(decoding: $0.s, as: UTF8.self) }
    }

    /// The value of a node `Constant`.
    var constant: ConstantTensor? {
        if let value = attributes["value"] { return ConstantTensor(value.t) }
        if let value = attributes["value_float"] { return ConstantTensor(reals: [value.f]) }
        if let value = attributes["value_floats"] { return ConstantTensor(reals: value.floats) }
        if let value = attributes["value_int"] { return ConstantTensor(integers: [Int(value.i)]) }
        return integers("value_ints").map { ConstantTensor(integers: $0) }
    }

    func refused(_ reason: String) -> ModelImportError {
        .node(name: name, operation: operation, reason: reason)
    }
}
