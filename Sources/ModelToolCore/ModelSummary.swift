import JSONText
import ModelDescription
import ModelFile
import ModelTrust

/// What `inspect` shows of a model.
struct ModelSummary {
    struct Layer {
        let node: Node
        let shape: TensorShape
        let multiplyAccumulates: Int
        let byteCount: Int
    }

    let source: LoadedModel
    let layers: [Layer]

    private var manifest: ModelManifest { source.manifest }

    init(_ source: LoadedModel) {
        self.source = source
        layers = Self.layers(of: source.model)
    }

    /// Shapes and work of every node for one window.
    static func layers(of model: Model) -> [Layer] {
        let manifest = model.manifest
        let frameCount = manifest.decision.windowFrames
        let features = manifest.graph.inputShape(
            frameCount: frameCount,
            channelCount: manifest.frontEnd.channelCount
        )
        let inputIndices = manifest.graph.inputIndices
        var shapes: [TensorShape] = []
        var layers: [Layer] = []
        for (index, node) in manifest.graph.nodes.enumerated() {
            let inputs = inputIndices[index].map { $0 < 0 ? features : shapes[$0] }
            guard let shape = try? node.outputShape(of: inputs) else {
                preconditionFailure("validation tries every number of frames")
            }
            shapes.append(shape)
            let byteCount = node.tensorNames(precision: manifest.precision).reduce(0) {
                $0 + (model.tensors["\(node.name).\($1)"]?.elements.byteCount ?? 0)
            }
            layers.append(
                Layer(
                    node: node,
                    shape: shape,
                    multiplyAccumulates: node.multiplyAccumulates(inputs: inputs, output: shape),
                    byteCount: byteCount
                )
            )
        }
        return layers
    }

    var multiplyAccumulates: Int { layers.reduce(0) { $0 + $1.multiplyAccumulates } }

    var json: JSONValue {
        [
            "file": .string(source.path),
            "digest": .string(source.digest.hexadecimal),
            "bytes": .integer(source.bytes.count),
            "multiplyAccumulates": .integer(multiplyAccumulates),
            "layers": .array(
                layers.map {
                    [
                        "name": .string($0.node.name),
                        "op": .string($0.node.operation.name),
                        "inputs": .array($0.node.inputs.map { .string($0) }),
                        "shape": [
                            .integer($0.shape.time), .integer($0.shape.frequency),
                            .integer($0.shape.channels),
                        ],
                        "multiplyAccumulates": .integer($0.multiplyAccumulates),
                        "bytes": .integer($0.byteCount),
                    ]
                }
            ),
            "manifest": manifest.json,
        ]
    }

    var text: String {
        let options = manifest.frontEnd
        let decision = manifest.decision
        let provenance = manifest.provenance
        let hop = Double(options.hopLength) / Double(FrontEndOptions.sampleRate)
        var lines = [
            "\(manifest.name) \(manifest.version), release \(manifest.release)",
            "  file        \(source.path), \(source.bytes.count) bytes",
            "  digest      \(source.digest)",
            "  task        \(manifest.task.rawValue), \(manifest.precision.rawValue)",
            "  labels      \(manifest.labels.joined(separator: " "))",
            "  front end   \(options.kind.rawValue), \(options.channelCount) channels,"
                + " \(options.melBinCount) mel bins \(options.lowFrequency.fixed(0)) …"
                + " \(options.highFrequency.fixed(0)) Hz, frame \(options.frameLength), hop"
                + " \(options.hopLength), FFT \(options.fftLength), normalisation"
                + " \(options.normalization.rawValue), Q\(options.outputFractionBits)",
            "  decision    window \((Double(decision.windowFrames) * hop).fixed(2)) s, hop"
                + " \((Double(decision.hopFrames) * hop).fixed(2)) s, at least"
                + " \((Double(decision.minimumFrames) * hop).fixed(2)) s, utterance at most"
                + " \((Double(decision.maximumUtteranceFrames) * hop).fixed(2)) s, temperature"
                + " \(decision.temperature.fixed(3)), unknown below"
                + " \(decision.unknownThreshold) ‰, smoothing \(decision.smoothing) ‰"
                + (decision.voiceMemoryFrames == 0
                    ? ""
                    : ", voice memory \((Double(decision.voiceMemoryFrames) * hop).fixed(2)) s"),
            "",
        ]
        var table = TextTable(header: ["layer", "operation", "shape", "MACs", "bytes"])
        for layer in layers {
            table.add([
                layer.node.name, layer.node.operation.name, layer.shape.description,
                "\(layer.multiplyAccumulates)", "\(layer.byteCount)",
            ])
        }
        table.add([
            "total", "", "", "\(multiplyAccumulates)",
            "\(layers.reduce(0) { $0 + $1.byteCount })",
        ])
        lines.append(table.text)
        lines += ["", "  licence     \(provenance.licence)", "  made by     \(provenance.tool)"]
        for corpus in provenance.corpora {
            lines.append("  \(corpus.role): \(corpus.name) (\(corpus.licence))")
        }
        for ancestor in provenance.ancestors { lines.append("  made from   \(ancestor)") }
        for metric in provenance.metrics { lines.append("  \(metric.name) = \(metric.value)") }
        if !provenance.notice.isEmpty { lines.append("  notice      \(provenance.notice)") }
        return lines.joined(separator: "\n")
    }
}

extension Tensor.Elements {
    /// Size in the file.
    fileprivate var byteCount: Int {
        switch self {
        case .int8, .uint8: count
        case .int16, .uint16: 2 * count
        case .int32, .float32: 4 * count
        }
    }
}
