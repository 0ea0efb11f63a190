public import JSONText
import ModelDescription
import ModelFile

/// How an int8 model compares with the full-precision model that it was made from.
public struct QuantizationReport {
    /// One activation of the network.
    public struct Layer: Equatable, Sendable {
        /// Name of the node, or `features`.
        public let name: String
        /// What computes it; empty for the features.
        public let operation: String
        /// How its range was chosen.
        public let method: RangeMethod
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
        public var valueCount: Int { storedCounts.reduce(0, +) }
        /// How often each stored value occurs, from −128.
        fileprivate(set) var storedCounts = [Int](repeating: 0, count: 256)

        /// Share of values that were or may have been cut off.
        public var saturationRate: Double {
            Double(saturatedCount) / Double(max(valueCount, 1))
        }

        /// Share of the 256 stored values within which all but the outermost 0.1 % on either side
        /// lie.
        public var rangeUse: Double {
            let tail = valueCount / 1000
            func outside(_ counts: some Sequence<Int>) -> Int {
                var sum = 0
                return counts.prefix { count in
                    sum += count
                    return sum <= tail
                }.count
            }
            let unused = outside(storedCounts) + outside(storedCounts.reversed())
            return valueCount > 0 ? Double(256 - unused) / 256 : 0
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
    public init(_ result: QuantizationSearch.Result) {
        reference = result.reference
        trace = IntegerTrace(result.model)
        layers = Self.layers(of: result.model, methods: result.methods)
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

    private static func layers(of model: Model, methods: [RangeMethod]) -> [Layer] {
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
                method: methods[0],
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
                    method: methods[layers.count],
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
                        "ranges": .string($0.method.rawValue),
                        "scale": .real($0.scale),
                        "zeroPoint": .integer($0.zeroPoint),
                        "signalToNoiseDecibel": $0.signalToNoise.decibel.map { .real($0) } ?? .null,
                        "saturationRate": .real($0.saturationRate),
                        "rangeUse": .real($0.rangeUse),
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
            storedCounts[Int(stored) + 128] += 1
        }
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
