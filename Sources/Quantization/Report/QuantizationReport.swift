public import JSONText
import ModelDescription
public import ModelFile

/// How an int8 model compares with the full-precision model that it was made from.
public struct QuantizationReport {
    /// One activation of the network.
    public struct Layer: Equatable, Sendable {
        /// Name of the node, or `features`.
        public let name: String
        /// What computes it; empty for the features.
        public let operation: String
        /// Real size of one step.
        public let scale: Double
        /// The stored value that stands for 0.
        public let zeroPoint: Int32
        /// Multiply-accumulates of one window.
        public let multiplyAccumulates: Int
        /// Bytes of its tensors.
        public let byteCount: Int
        /// Full precision over the difference, with the errors of all layers before it.
        public internal(set) var signalToNoise = SignalToNoise()
        /// Values at the ends of the Int8 range, apart from the zero of a ReLU.
        public internal(set) var saturatedCount = 0
        /// All values.
        public internal(set) var valueCount = 0

        /// Share of values that were or may have been cut off.
        public var saturationRate: Double {
            Double(saturatedCount) / Double(max(valueCount, 1))
        }
    }

    /// Layers in order of execution, the features first.
    public private(set) var layers: [Layer]
    /// Agreement of labels on the clips that gave the ranges.
    public private(set) var calibration = LabelAgreement()
    /// Agreement of labels on clips that calibration never saw.
    public private(set) var heldOut = LabelAgreement()

    private let reference: FloatNetwork
    private let trace: IntegerTrace

    /// Prepares a comparison.
    ///
    /// - Parameter reference: the fused network of the quantiser that made `model`.
    public init(of model: Model, against reference: FloatNetwork) {
        self.reference = reference
        trace = IntegerTrace(model)
        layers = Self.layers(of: model)
    }

    /// Runs both networks over one clip.
    ///
    /// - Parameter isHeldOut: whether calibration never saw it.
    public mutating func compare(_ clip: CalibrationClip, isHeldOut: Bool) {
        let expectedInput = reference.input(
            features: clip.features,
            frameCount: clip.frameCount
        )
        let expected = reference.activations(
            features: clip.features,
            frameCount: clip.frameCount
        )
        let (input, found) = trace.run(features: clip.features, frameCount: clip.frameCount)
        layers[0].add(expected: expectedInput.values, found: input)
        for index in expected.indices {
            layers[index + 1].add(expected: expected[index].values, found: found[index])
        }
        let isAgreed =
            Self.top(expected[expected.count - 1].values)
            == Self.top(found[found.count - 1].values)
        if isHeldOut { heldOut.add(isAgreed) } else { calibration.add(isAgreed) }
    }

    /// The greatest value's place; the first of several equals, as the engine decides.
    private static func top<Value: Comparable>(_ values: [Value]) -> Int {
        var best = 0
        for index in values.indices where values[index] > values[best] { best = index }
        return best
    }

    private static func layers(of model: Model) -> [Layer] {
        let manifest = model.manifest
        let graph = manifest.graph
        let input = graph.inputShape(
            frameCount: manifest.decision.windowFrames,
            channelCount: manifest.frontEnd.channelCount
        )
        var layers = [
            Layer(
                name: Graph.inputName,
                operation: "",
                scale: graph.input?.scale ?? 1,
                zeroPoint: graph.input?.zeroPoint ?? 0,
                multiplyAccumulates: 0,
                byteCount: 0
            )
        ]
        var shapes: [TensorShape] = []
        for (node, indices) in zip(graph.nodes, graph.inputIndices) {
            let inputs = indices.map { $0 < 0 ? input : shapes[$0] }
            guard let shape = try? node.outputShape(of: inputs), let output = node.output else {
                preconditionFailure("validated models have shapes and quantisation")
            }
            shapes.append(shape)
            layers.append(
                Layer(
                    name: node.name,
                    operation: node.operation.name,
                    scale: output.scale,
                    zeroPoint: output.zeroPoint,
                    multiplyAccumulates: node.multiplyAccumulates(inputs: inputs, output: shape),
                    byteCount: model.byteCount(of: node)
                )
            )
        }
        return layers
    }

    /// The report as JSON.
    public var json: JSONValue {
        func json(_ agreement: LabelAgreement) -> JSONValue {
            [
                "count": .integer(agreement.count), "agreed": .integer(agreement.agreed),
                "rate": .real(agreement.rate),
            ]
        }
        return [
            "labelAgreement": ["calibration": json(calibration), "heldOut": json(heldOut)],
            "multiplyAccumulates": .integer(layers.reduce(0) { $0 + $1.multiplyAccumulates }),
            "tensorBytes": .integer(layers.reduce(0) { $0 + $1.byteCount }),
            "layers": .array(
                layers.map {
                    [
                        "name": .string($0.name),
                        "op": .string($0.operation),
                        "scale": .real($0.scale),
                        "zeroPoint": .integer($0.zeroPoint),
                        "signalToNoiseDecibel": $0.signalToNoise.decibel.map { .real($0) } ?? .null,
                        "saturationRate": .real($0.saturationRate),
                        "multiplyAccumulates": .integer($0.multiplyAccumulates),
                        "bytes": .integer($0.byteCount),
                    ]
                }
            ),
        ]
    }
}

extension QuantizationReport.Layer {
    fileprivate mutating func add(expected: [Float], found: IntegerTrace.Activation) {
        let quantization = found.quantization
        for (index, real) in found.reals.enumerated() {
            signalToNoise.add(expected: Double(expected[index]), found: real)
            let stored = Int32(found.values[index])
            let isCut =
                stored == quantization.maximum
                || (stored == quantization.minimum && stored != quantization.zeroPoint)
            if isCut { saturatedCount += 1 }
        }
        valueCount += found.values.count
    }
}

extension Model {
    /// Bytes of the tensors of a node.
    fileprivate func byteCount(of node: Node) -> Int {
        node.tensorNames(precision: .int8).reduce(0) { sum, name in
            switch tensors["\(node.name).\(name)"]?.elements {
            case .int8(let values): sum + values.count
            case .int32(let values): sum + 4 * values.count
            default: sum
            }
        }
    }
}
