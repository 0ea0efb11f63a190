import Glibc
import ModelDescription
import ModelFile

/// Divides the channels of activations by factors that the weights behind them take back.
///
/// Channels with small values then use more of the Int8 range that all channels of an activation
/// share. The function of the network stays the same, because everything between two layers with
/// weights, apart from ReLU6, keeps factors: ReLU, pools, sums of activations with equal factors.
///
/// - Source: Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction
///   (2019), section 4.1, over whole residual networks; factors as in Xiao et al., SmoothQuant
///   (2023), with equal shares for activations and weights.
struct ChannelEqualization {
    /// Factors stay within 1 / limit … limit.
    private static let limit = 16.0

    private let model: Model
    private let inputIndices: [[Int]]
    private let channelCounts: [Int]
    /// Union of places whose channels have the same factors.
    private var parents: [Int]
    /// Places whose factors are 1: the features, the logits, and what ReLU6 or a joint touches.
    private var isFixed: [Bool]

    /// - Parameter peaks: of the fused model, for each place.
    static func equalized(
        _ model: Model,
        peaks: [[Float]]
    ) throws(QuantizationError) -> Model {
        var equalization = ChannelEqualization(model, channelCounts: peaks.map(\.count))
        equalization.join()
        let factors = equalization.factors(peaks)
        do {
            return try Model(
                manifest: model.manifest,
                frontEndTables: model.frontEndTables,
                tensors: equalization.scaledTensors(factors)
            )
        } catch {
            throw .rejected(error)
        }
    }

    private init(_ model: Model, channelCounts: [Int]) {
        self.model = model
        self.channelCounts = channelCounts
        inputIndices = model.manifest.graph.inputIndices
        parents = Array(channelCounts.indices)
        isFixed = channelCounts.map { _ in false }
    }

    private mutating func join() {
        fix(0)
        fix(parents.count - 1)
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            let output = index + 1
            let inputs = inputIndices[index].map { $0 + 1 }
            if node.operation.activation == .relu6 { fix(output) }
            switch node.operation {
            case .conv2d, .depthwiseConv2d, .fullyConnected, .batchNorm:
                break
            case .relu, .relu6, .maxPool2d, .averagePool2d, .globalMeanPool, .add,
                .concatenate(.frequency):
                for input in inputs { join(input, output) }
            case .meanDeviationPool, .concatenate(.channels), .reshape:
                // Other channels than in front: both sides keep theirs.
                for place in inputs + [output] { fix(place) }
            }
        }
    }

    private mutating func fix(_ place: Int) { isFixed[root(place)] = true }

    private mutating func join(_ first: Int, _ second: Int) {
        let (first, second) = (root(first), root(second))
        parents[second] = first
        isFixed[first] = isFixed[first] || isFixed[second]
    }

    private func root(_ place: Int) -> Int {
        var place = place
        while parents[place] != place { place = parents[place] }
        return place
    }

    /// Factors by which the channels of each place are divided.
    private func factors(_ peaks: [[Float]]) -> [[Double]] {
        var ranges = peaks.map { $0.map { _ in 0.0 } }
        var weights = ranges
        for place in peaks.indices {
            let root = root(place)
            for channel in peaks[place].indices {
                ranges[root][channel] = max(ranges[root][channel], Double(peaks[place][channel]))
            }
        }
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            guard let columns = columns(of: node, inputCount: inputCount(index)) else { continue }
            let root = root(inputIndices[index][0] + 1)
            for (channel, greatest) in columns.enumerated() {
                weights[root][channel] = max(weights[root][channel], greatest)
            }
        }
        return peaks.indices.map { place in
            let root = root(place)
            return isFixed[root]
                ? peaks[place].map { _ in 1 } : Self.balanced(ranges[root], weights[root])
        }
    }

    /// √(range / weight) of each channel over the geometric mean of all; 1 where either is 0.
    private static func balanced(_ ranges: [Double], _ weights: [Double]) -> [Double] {
        let roots = zip(ranges, weights).map { $0 > 0 && $1 > 0 ? sqrt($0 / $1) : 0 }
        let used = roots.filter { $0 > 0 }
        let mean = exp(used.reduce(0) { $0 + log($1) } / Double(max(used.count, 1)))
        return roots.map { $0 > 0 ? min(max($0 / mean, 1 / limit), limit) : 1 }
    }

    private func inputCount(_ index: Int) -> Int { channelCounts[inputIndices[index][0] + 1] }

    /// Greatest weight of each input channel, relative to the greatest of its output channel.
    private func columns(of node: Node, inputCount: Int) -> [Double]? {
        guard let tensor = model.tensors["\(node.name).weight"] else { return nil }
        let weights = model.float32("\(node.name).weight")
        if case .depthwiseConv2d = node.operation {
            // Every output channel has weights of one input channel alone: they take any factor.
            return Array(repeating: 1, count: inputCount)
        }
        let fanIn = weights.count / tensor.shape[0]
        var columns = [Double](repeating: 0, count: inputCount)
        for first in stride(from: 0, to: weights.count, by: fanIn) {
            let row = weights[first..<first + fanIn]
            let greatest = row.reduce(0) { max($0, abs($1)) }
            guard greatest > 0 else { continue }
            for (offset, weight) in row.enumerated() {
                let share = Double(abs(weight) / greatest)
                columns[offset % inputCount] = max(columns[offset % inputCount], share)
            }
        }
        return columns
    }

    private func scaledTensors(_ factors: [[Double]]) -> [String: Tensor] {
        var tensors = model.tensors
        for (index, node) in model.manifest.graph.nodes.enumerated() {
            guard let shape = tensors["\(node.name).weight"]?.shape else { continue }
            let inputs = factors[inputIndices[index][0] + 1]
            let outputs = factors[index + 1]
            var weights = model.float32("\(node.name).weight")
            let isDepthwise = if case .depthwiseConv2d = node.operation { true } else { false }
            for position in weights.indices {
                let output =
                    isDepthwise
                    ? position % outputs.count : position / (weights.count / outputs.count)
                let input =
                    isDepthwise
                    ? output * inputs.count / outputs.count : position % inputs.count
                weights[position] *= Float(inputs[input] / outputs[output])
            }
            let bias = model.float32("\(node.name).bias")
            tensors["\(node.name).weight"] = Tensor(shape: shape, .float32(weights))
            tensors["\(node.name).bias"] = Tensor(
                shape: [bias.count],
                .float32(bias.indices.map { bias[$0] / Float(outputs[$0]) })
            )
        }
        return tensors
    }
}
