import JSONText
public import ModelDescription

/// A model that has passed every check of the format: manifest, front-end tables and tensors.
public struct Model: Equatable, Sendable {
    /// What the model says about itself.
    public let manifest: ModelManifest
    /// Tables of the front end.
    public let frontEndTables: FrontEndTables
    /// Tensors of the graph's nodes by their full names.
    public let tensors: [String: Tensor]
    /// What it must answer to the sound that it brings along; `nil` when it brings none.
    public let selfTest: SelfTestVectors?

    /// Reads a model file.
    ///
    /// - Throws: `ModelFileError`; after success the model can be prepared for its frame counts.
    public init(reading bytes: [UInt8]) throws(ModelFileError) {
        let container = try TensorContainer(reading: bytes)
        let manifest: ModelManifest
        do {
            manifest = try ModelManifest(
                decoding: JSONCursor(JSONReader.read(container.manifestText))
            )
        } catch {
            throw .json(part: "manifest", error)
        }
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in container.tensors { tensors[name] = tensor }
        try self.init(manifest: manifest, allTensors: tensors)
    }

    /// Makes a model from its parts, with the same checks as for a file.
    ///
    /// - Throws: `ModelFileError`.
    public init(
        manifest: ModelManifest,
        frontEndTables: FrontEndTables,
        tensors: [String: Tensor],
        selfTest: SelfTestVectors? = nil
    ) throws(ModelFileError) {
        let named =
            Self.named(frontEndTables, options: manifest.frontEnd) + (selfTest?.tensors ?? [])
        try self.init(
            manifest: manifest,
            allTensors: tensors.merging(named.map { ($0.name, $0.tensor) }) { own, _ in own }
        )
    }

    private init(
        manifest: ModelManifest,
        allTensors: [String: Tensor]
    ) throws(ModelFileError) {
        guard manifest.minimumEngine <= ModelManifest.engineVersion else {
            throw .engineTooOld(
                needed: manifest.minimumEngine,
                present: ModelManifest.engineVersion
            )
        }
        var reader = TensorReader(tensors: allTensors)
        frontEndTables = try FrontEndTables(reading: &reader, options: manifest.frontEnd)
        try GraphValidator(manifest: manifest).validate(&reader)
        selfTest = try SelfTestVectors.read(
            &reader,
            manifest: manifest,
            shapes: allTensors.mapValues(\.shape)
        )
        if let stray = reader.unused.sorted().first { throw .strayTensor(stray) }
        self.manifest = manifest
        tensors = allTensors.filter {
            !$0.key.hasPrefix(FrontEndTables.prefix) && !SelfTestVectors.names.contains($0.key)
        }
    }

    /// The model file's bytes; reading them gives an equal model.
    public var bytes: [UInt8] {
        var ordered = Self.named(frontEndTables, options: manifest.frontEnd)
        for node in manifest.graph.nodes {
            for name in node.tensorNames(precision: manifest.precision) {
                guard let tensor = tensors["\(node.name).\(name)"] else { continue }
                ordered.append(("\(node.name).\(name)", tensor))
            }
        }
        ordered += selfTest?.tensors ?? []
        return TensorContainer(manifestText: manifest.json.text, tensors: ordered).bytes
    }

    /// An Int8 tensor of a node, such as `conv1.weight`.
    public func int8(_ name: String) -> [Int8] {
        guard case .int8(let values) = tensors[name]?.elements else {
            preconditionFailure("validation guarantees the tensor \(name)")
        }
        return values
    }

    /// An Int32 tensor of a node, such as `conv1.bias`.
    public func int32(_ name: String) -> [Int32] {
        guard case .int32(let values) = tensors[name]?.elements else {
            preconditionFailure("validation guarantees the tensor \(name)")
        }
        return values
    }

    /// A Float tensor of a node of a full-precision model.
    public func float32(_ name: String) -> [Float] {
        guard case .float32(let values) = tensors[name]?.elements else {
            preconditionFailure("validation guarantees the tensor \(name)")
        }
        return values
    }
}
