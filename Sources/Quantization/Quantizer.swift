public import ModelDescription
public import ModelFile

/// Turns a full-precision model into an int8 model of the same network.
///
/// 1. `GraphFusion` folds batch normalisations and fuses activations.
/// 2. Calibration clips run through the full-precision network; histograms of every activation
///    give its range, scale and zero point.
/// 3. Weights are rounded per output channel and the scales become multipliers and shifts.
///
/// - Source: LiteRT 8-bit quantisation specification; `Documentation/ModelFormat.md`, section 5.
public struct Quantizer {
    /// The fused full-precision network, the reference of the result.
    public let reference: FloatNetwork
    private let groups: ScaleGroups
    /// One for each place of `ScaleGroups`.
    private var histograms: [ActivationHistogram]

    /// Prepares a full-precision model.
    ///
    /// - Throws: as `GraphFusion.fuse`.
    public init(_ model: Model) throws(QuantizationError) {
        let fused = try GraphFusion.fuse(model)
        reference = try FloatNetwork(fused)
        groups = ScaleGroups(fused.manifest.graph)
        histograms = Array(
            repeating: ActivationHistogram(),
            count: fused.manifest.graph.nodes.count + 1
        )
    }

    /// Watches the activations of one clip.
    ///
    /// - Throws: `notFinite`.
    public mutating func calibrate(_ clip: CalibrationClip) throws(QuantizationError) {
        let nodes = reference.model.manifest.graph.nodes
        let input = reference.input(features: clip.features, frameCount: clip.frameCount)
        _ = histograms[0].add(input.values)
        let outputs = reference.activations(
            features: clip.features,
            frameCount: clip.frameCount
        )
        for (index, output) in outputs.enumerated() {
            guard histograms[index + 1].add(output.values) else {
                throw .notFinite(node: nodes[index].name, clip: clip.name)
            }
        }
    }

    /// Places whose activations share one range, each group with its representative first.
    var placeGroups: [[Int]] {
        let members = Dictionary(grouping: histograms.indices, by: groups.representative)
        return members.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }

    /// The ranges of all places by one method; that of the logits is always whole.
    ///
    /// - Throws: `noCalibration` if no clip was seen.
    public func ranges(_ method: RangeMethod) throws(QuantizationError) -> ActivationRanges {
        guard histograms[0].nonZeroCount > 0 else { throw .noCalibration }
        var merged = histograms
        for place in histograms.indices {
            let first = groups.representative(of: place)
            if first != place { merged[first].merge(histograms[place]) }
        }
        let logits = groups.representative(of: histograms.count - 1)
        var ranges: [ActivationRange] = []
        var methods: [RangeMethod] = []
        for place in histograms.indices {
            let first = groups.representative(of: place)
            // The largest logit is the answer, so none of them is cut off.
            methods.append(first == logits ? .minMax : method)
            // A representative is the first of its group.
            ranges.append(first < place ? ranges[first] : methods[place].range(of: merged[place]))
        }
        return ActivationRanges(ranges: ranges, methods: methods)
    }

    /// Makes the int8 model.
    ///
    /// - Parameters:
    ///   - ranges: of the activations.
    ///   - provenance: of the result.
    /// - Throws: `rejected` if the result breaks a limit of the format, such as the one on
    ///   accumulators.
    public func quantizedModel(
        ranges: ActivationRanges,
        provenance: Provenance
    ) throws(QuantizationError) -> Model {
        let source = reference.model
        let activations = quantizations(ranges)
        var manifest = source.manifest
        manifest.precision = .int8
        manifest.provenance = provenance
        manifest.graph.input = Graph.Input(
            scale: activations[0].scale,
            zeroPoint: activations[0].zeroPoint,
            requantization: FixedPointScale(
                nearestTo: manifest.frontEnd.featureUnit / activations[0].scale
            )
        )
        let inputIndices = manifest.graph.inputIndices
        var tensors: [String: Tensor] = [:]
        for (index, node) in manifest.graph.nodes.enumerated() {
            let inputScales = inputIndices[index].map { activations[$0 + 1].scale }
            let output = activations[index + 1]
            if let layer = quantizedLayer(node, inputScales[0], output.scale) {
                tensors.merge(layer.tensors(of: node.name)) { _, new in new }
            }
            manifest.graph.nodes[index].output = output.clamped(to: node.operation.activation)
            manifest.graph.nodes[index].operation = node.operation.quantized(
                inputScales: inputScales,
                outputScale: output.scale
            )
        }
        manifest.decision.logitScale = FixedPointScale(
            nearestTo: activations[activations.count - 1].scale * 65536
                / (manifest.decision.temperature * 0.693147180559945309)
        )
        do {
            return try Model(
                manifest: manifest,
                frontEndTables: source.frontEndTables,
                tensors: tensors
            )
        } catch {
            throw .rejected(error)
        }
    }

    /// Scale and zero point for each place; places of one group share theirs.
    private func quantizations(_ ranges: ActivationRanges) -> [ActivationQuantization] {
        var chosen = ranges.ranges.map(\.quantization)
        limitFactors(of: &chosen)
        return histograms.indices.map { place in
            let (scale, zeroPoint) = chosen[groups.representative(of: place)]
            return ActivationQuantization(scale: scale, zeroPoint: zeroPoint)
        }
    }

    /// Coarsens the steps of global pools that are far finer than those of their inputs.
    ///
    /// The engine's factor from one to the other ends at 2^7; a pool that is always next to 0
    /// would ask for more. Its zero point stays, so its range only grows.
    private func limitFactors(of chosen: inout [(scale: Double, zeroPoint: Int32)]) {
        let graph = reference.model.manifest.graph
        for (index, inputs) in graph.inputIndices.enumerated() {
            switch graph.nodes[index].operation {
            case .globalMeanPool, .meanDeviationPool:
                let input = groups.representative(of: inputs[0] + 1)
                let output = groups.representative(of: index + 1)
                chosen[output].scale = max(chosen[output].scale, chosen[input].scale / 128)
            default: break
            }
        }
    }

    private func quantizedLayer(
        _ node: Node,
        _ inputScale: Double,
        _ outputScale: Double
    ) -> QuantizedLayer? {
        guard let weight = reference.model.tensors["\(node.name).weight"] else { return nil }
        let isDepthwise = if case .depthwiseConv2d = node.operation { true } else { false }
        return QuantizedLayer(
            weights: reference.model.float32("\(node.name).weight"),
            shape: weight.shape,
            bias: reference.model.float32("\(node.name).bias"),
            channelIsLast: isDepthwise,
            inputScale: inputScale,
            outputScale: outputScale
        )
    }
}

extension FrontEndOptions {
    /// Real value of one step of the Int16 features.
    var featureUnit: Double { Double(sign: .plus, exponent: -outputFractionBits, significand: 1) }
}
