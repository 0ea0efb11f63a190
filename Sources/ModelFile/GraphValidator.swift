import ModelDescription

/// Checks the graph of a model and its tensors so that no later step can fail or overflow.
///
/// - Source: `Documentation/ModelFormat.md`, sections 4 and 5.
struct GraphValidator {
    static let activationLimit = 1 << 22
    static let extentLimit = 4096
    static let multiplyAccumulateLimit = 1 << 31
    static let pooledCellLimit = 1 << 18

    let manifest: ModelManifest

    func validate(_ reader: inout TensorReader) throws(ModelFileError) {
        let graph = manifest.graph
        let indices = graph.inputIndices
        var shapes: [TensorShape] = []
        // Branches may agree for one number of frames and differ for another: try all of them.
        for frameCount in manifest.decision.minimumFrames...manifest.maximumFrames {
            do {
                shapes = try graph.shapes(
                    frameCount: frameCount,
                    channelCount: manifest.frontEnd.channelCount,
                    inputIndices: indices
                )
                try checkOutput(shapes[shapes.count - 1])
            } catch {
                throw .graph(error, frameCount: frameCount)
            }
        }
        // The shapes of the greatest number of frames bound memory, work and sums.
        let features = graph.inputShape(
            frameCount: manifest.maximumFrames,
            channelCount: manifest.frontEnd.channelCount
        )
        var work = 0
        for (index, node) in graph.nodes.enumerated() {
            let inputs = indices[index].map { $0 < 0 ? features : shapes[$0] }
            try checkSize(node, inputs, shapes[index], &work)
            try checkTensors(node, inputs[0], &reader)
            if manifest.precision == .int8 {
                try checkQuantization(node, indices[index])
            }
        }
    }

    private func checkOutput(_ shape: TensorShape) throws(GraphError) {
        let labels = manifest.labels.count
        guard shape == TensorShape(time: 1, frequency: 1, channels: labels) else {
            throw .wrongOutput(shape, labels: labels)
        }
    }

    private func checkSize(
        _ node: Node,
        _ inputs: [TensorShape],
        _ output: TensorShape,
        _ work: inout Int
    ) throws(ModelFileError) {
        guard output.count <= Self.activationLimit else {
            throw .tooLarge(
                what: "values in the output of \(node.name)",
                found: output.count,
                limit: Self.activationLimit
            )
        }
        let widest = max(output.frequency, output.channels)
        guard widest <= Self.extentLimit else {
            throw .tooLarge(
                what: "channels or frequencies of \(node.name)",
                found: widest,
                limit: Self.extentLimit
            )
        }
        work += node.multiplyAccumulates(inputs: inputs, output: output)
        guard work <= Self.multiplyAccumulateLimit else {
            throw .tooLarge(
                what: "multiply-accumulates up to \(node.name)",
                found: work,
                limit: Self.multiplyAccumulateLimit
            )
        }
        switch node.operation {
        case .globalMeanPool, .meanDeviationPool:
            let cells = inputs[0].count / inputs[0].channels
            guard cells <= Self.pooledCellLimit else {
                throw .tooLarge(
                    what: "cells pooled by \(node.name)",
                    found: cells,
                    limit: Self.pooledCellLimit
                )
            }
        default: break
        }
    }

    private func checkTensors(
        _ node: Node,
        _ input: TensorShape,
        _ reader: inout TensorReader
    ) throws(ModelFileError) {
        let weightShape: [Int]
        let outputChannels: Int
        switch node.operation {
        case .conv2d(let spatial, let channels, _):
            weightShape = [
                channels, spatial.kernel.time, spatial.kernel.frequency, input.channels,
            ]
            outputChannels = channels
        case .depthwiseConv2d(let spatial, let depthMultiplier, _):
            outputChannels = input.channels * depthMultiplier
            weightShape = [spatial.kernel.time, spatial.kernel.frequency, outputChannels]
        case .fullyConnected(let channels, _):
            weightShape = [channels, input.count]
            outputChannels = channels
        case .batchNorm:
            try checkBatchNorm(node, input.channels, &reader)
            return
        default:
            return
        }
        guard manifest.precision == .int8 else {
            _ = try reader.float32("\(node.name).weight", weightShape)
            _ = try reader.float32("\(node.name).bias", [outputChannels])
            return
        }
        try checkIntegerTensors(node, weightShape, outputChannels, &reader)
    }

    private func checkBatchNorm(
        _ node: Node,
        _ channels: Int,
        _ reader: inout TensorReader
    ) throws(ModelFileError) {
        for name in ["scale", "offset", "mean"] {
            _ = try reader.float32("\(node.name).\(name)", [channels])
        }
        let variance = try reader.float32("\(node.name).variance", [channels])
        if let index = variance.firstIndex(where: { $0 < 0 }) {
            throw .value(
                place: "\(node.name).variance[\(index)]",
                expected: "0 or more",
                found: "\(variance[index])"
            )
        }
    }

    private func checkIntegerTensors(
        _ node: Node,
        _ weightShape: [Int],
        _ outputChannels: Int,
        _ reader: inout TensorReader
    ) throws(ModelFileError) {
        let weight = try reader.int8("\(node.name).weight", weightShape)
        if let index = weight.firstIndex(of: -128) {
            throw .value(
                place: "\(node.name).weight[\(index)]",
                expected: "-127 … 127",
                found: "-128"
            )
        }
        let bias = try reader.int32("\(node.name).bias", [outputChannels])
        let multiplier = try reader.int32(
            "\(node.name).multiplier",
            [outputChannels],
            in: 0...Int32.max
        )
        if let index = multiplier.firstIndex(where: { $0 != 0 && $0 < 1 << 30 }) {
            throw .value(
                place: "\(node.name).multiplier[\(index)]",
                expected: "0 or 2^30 … 2^31 − 1",
                found: "\(multiplier[index])"
            )
        }
        let shift = try reader.int32("\(node.name).shift", [outputChannels], in: -31...30)
        // The accumulator of every channel must fit in Int32, also after the left shift.
        let isDepthwise = if case .depthwiseConv2d = node.operation { true } else { false }
        let fanIn = weight.count / outputChannels
        for channel in 0..<outputChannels {
            var bound = Int64(bias[channel].magnitude)
            for tap in 0..<fanIn {
                let index =
                    isDepthwise ? tap * outputChannels + channel : channel * fanIn + tap
                bound += 255 * Int64(weight[index].magnitude)
            }
            let left = Int64(max(shift[channel], 0))
            guard bound <= Int64(Int32.max) >> left else {
                throw .value(
                    place: "\(node.name), output channel \(channel)",
                    expected: "an accumulator that fits in 32 bits",
                    found: "up to \(bound) shifted left by \(left)"
                )
            }
        }
    }

    /// Operators that copy or compare values need one quantisation on both sides.
    private func checkQuantization(_ node: Node, _ inputs: [Int]) throws(ModelFileError) {
        switch node.operation {
        case .maxPool2d, .averagePool2d, .concatenate, .reshape: break
        default: return
        }
        guard let output = node.output else { return }
        for input in inputs {
            let (scale, zeroPoint) = quantization(of: input)
            guard scale == output.scale && zeroPoint == output.zeroPoint else {
                throw .value(
                    place: "output of \(node.name)",
                    expected: "scale \(scale) and zero point \(zeroPoint) of its inputs",
                    found: "scale \(output.scale) and zero point \(output.zeroPoint)"
                )
            }
        }
    }

    private func quantization(of index: Int) -> (scale: Double, zeroPoint: Int32) {
        if index < 0, let input = manifest.graph.input { return (input.scale, input.zeroPoint) }
        if index >= 0, let output = manifest.graph.nodes[index].output {
            return (output.scale, output.zeroPoint)
        }
        preconditionFailure("int8 manifests are decoded with the quantisation of every node")
    }
}
