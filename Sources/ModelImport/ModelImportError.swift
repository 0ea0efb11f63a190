/// Why an ONNX file cannot become a model.
package enum ModelImportError: Error, Equatable {
    /// The bytes are no ONNX model.
    case notOnnx
    /// The operators are of a version that is not known here.
    case version(Int64)
    /// Something about the graph as a whole.
    case graph(String)
    /// A node does what the model file cannot express.
    case node(name: String, operation: String, reason: String)
    /// The description, or the result, breaks the model format.
    case rejected(String)
}

extension ModelImportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notOnnx:
            "expected an ONNX model, as `torch.onnx.export` or `tf2onnx` write it"
        case .version(let version):
            "expected operator set 13 to 21, found \(version): export with opset_version=17"
        case .graph(let reason): reason
        case .node(let name, let operation, let reason): "node \(name) (\(operation)): \(reason)"
        case .rejected(let reason): reason
        }
    }
}
