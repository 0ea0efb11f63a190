/// Hands out tensors by name, checks their type and shape and remembers which were used.
struct TensorReader {
    private let tensors: [String: Tensor]
    private(set) var unused: Set<String>

    init(tensors: [String: Tensor]) {
        self.tensors = tensors
        unused = Set(tensors.keys)
    }

    mutating func int8(_ name: String, _ shape: [Int]) throws(ModelFileError) -> [Int8] {
        guard case .int8(let values) = try elements(name, .int8, shape) else { return [] }
        return values
    }

    mutating func uint16(_ name: String, _ shape: [Int]) throws(ModelFileError) -> [UInt16] {
        guard case .uint16(let values) = try elements(name, .uint16, shape) else { return [] }
        return values
    }

    mutating func int32(_ name: String, _ shape: [Int]) throws(ModelFileError) -> [Int32] {
        guard case .int32(let values) = try elements(name, .int32, shape) else { return [] }
        return values
    }

    /// Int32 elements within a range.
    mutating func int32(
        _ name: String,
        _ shape: [Int],
        in range: ClosedRange<Int32>
    ) throws(ModelFileError) -> [Int32] {
        let values = try int32(name, shape)
        if let index = values.firstIndex(where: { !range.contains($0) }) {
            throw .value(
                place: "\(name)[\(index)]",
                expected: "\(range.lowerBound) … \(range.upperBound)",
                found: "\(values[index])"
            )
        }
        return values
    }

    mutating func float32(_ name: String, _ shape: [Int]) throws(ModelFileError) -> [Float] {
        guard case .float32(let values) = try elements(name, .float32, shape) else { return [] }
        return values
    }

    private mutating func elements(
        _ name: String,
        _ type: ElementType,
        _ shape: [Int]
    ) throws(ModelFileError) -> Tensor.Elements {
        guard let tensor = tensors[name] else { throw .missingTensor(name) }
        guard tensor.elements.type == type, tensor.shape == shape else {
            throw .wrongTensor(
                name,
                expected: "\(type.rawValue) \(shape)",
                found: "\(tensor.elements.type.rawValue) \(tensor.shape)"
            )
        }
        unused.remove(name)
        return tensor.elements
    }
}
