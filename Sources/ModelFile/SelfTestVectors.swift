public import ModelDescription

/// What a model answered, where it was made, to sound that is the same everywhere.
///
/// - Source: `Documentation/ModelFormat.md`, section 8.
public struct SelfTestVectors: Equatable, Sendable {
    /// Most pieces of sound in a file.
    public static let countLimit = 16

    static let seedsName = "selfTest.seeds"
    static let logitsName = "selfTest.logits"
    static let names = [seedsName, logitsName]

    /// Where the sound of each piece begins.
    public let seeds: [Int32]
    /// The logits of each.
    public let logits: [[Int8]]

    /// Makes vectors.
    ///
    /// - Range: 1 to `countLimit` seeds, and as many rows of logits of one length.
    public init(seeds: [Int32], logits: [[Int8]]) {
        precondition((1...Self.countLimit).contains(seeds.count))
        precondition(seeds.count == logits.count)
        self.seeds = seeds
        self.logits = logits
    }

    /// The sound of a seed for a model: `windowFrames` frames of noise that swells and fades.
    public static func sound(_ seed: Int32, for manifest: ModelManifest) -> [Int16] {
        let hops = manifest.decision.windowFrames - 1
        let count = manifest.frontEnd.frameLength + hops * manifest.frontEnd.hopLength
        var state = UInt32(bitPattern: seed)
        return (0..<count).map { index in
            // Numerical Recipes' constants; 4001 · 32,768 / 4096 stays within 16 bits.
            state = state &* 1_664_525 &+ 1_013_904_223
            let level = 1 + abs(index % 8000 - 4000)
            return Int16((Int(state >> 16) - 32_768) * level / 4096)
        }
    }

    /// Reads the vectors of a model, `nil` when it has none.
    static func read(
        _ reader: inout TensorReader,
        manifest: ModelManifest,
        shapes: [String: [Int]]
    ) throws(ModelFileError) -> SelfTestVectors? {
        guard let shape = shapes[seedsName] else {
            guard shapes[logitsName] == nil else { throw .missingTensor(seedsName) }
            return nil
        }
        guard manifest.precision == .int8 else { throw .strayTensor(seedsName) }
        guard shape.count == 1, (1...countLimit).contains(shape[0]) else {
            throw .wrongTensor(
                seedsName,
                expected: "I32 [1 … \(countLimit)]",
                found: "\(shape)"
            )
        }
        let labelCount = manifest.labels.count
        let logits = try reader.int8(logitsName, [shape[0], labelCount])
        return SelfTestVectors(
            seeds: try reader.int32(seedsName, shape),
            logits: (0..<shape[0]).map {
                Array(logits[($0 * labelCount)..<(($0 + 1) * labelCount)])
            }
        )
    }

    /// The tensors as they are named in the file.
    var tensors: [(name: String, tensor: Tensor)] {
        [
            (Self.seedsName, Tensor(shape: [seeds.count], .int32(seeds))),
            (
                Self.logitsName,
                Tensor(shape: [logits.count, logits[0].count], .int8(logits.flatMap { $0 }))
            ),
        ]
    }
}
