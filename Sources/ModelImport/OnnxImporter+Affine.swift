import ModelDescription
import ModelFile

/// Factors and offsets of channels: batch normalisation, and products and sums with constants.
extension OnnxImporter {
    mutating func takeBatchNormalization(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        guard input.dimensions.count > 1, isChannel(input.dimensions[1], of: input) else {
            throw node.refused(
                "its input means \(words(input.dimensions)); expected channels behind the batch"
            )
        }
        guard node.integer("training_mode", default: 0) == 0 else {
            throw node.refused("training_mode 1; export the network for inference")
        }
        var parameters: [[Double]] = []
        for (index, name) in ["scale", "offset", "mean", "variance"].enumerated() {
            let values = try reals(node, index + 1).values
            guard values.count == input.shape.channels else {
                throw node.refused("expected \(input.shape.channels) values as \(name)")
            }
            parameters.append(values.map { Double($0) })
        }
        let epsilon = Double(node.real("epsilon", default: 1e-5))
        let factors = zip(parameters[0], parameters[3]).map { $0 / ($1 + epsilon).squareRoot() }
        guard factors.allSatisfy(\.isFinite) else {
            throw node.refused("expected variances above 0")
        }
        let offsets = factors.indices.map { parameters[1][$0] - factors[$0] * parameters[2][$0] }
        try scaleChannels(node, 0, by: factors.map { Float($0) }, plus: offsets.map { Float($0) })
    }

    mutating func takeProduct(_ node: OnnxNode) throws(ModelImportError) {
        for (constant, other) in [(0, 1), (1, 0)] where isConstant(node, constant) {
            let factors = try channelConstant(node, constant, of: other)
            let zeros = [Float](repeating: 0, count: factors.count)
            try scaleChannels(node, other, by: factors, plus: zeros)
            return
        }
        throw node.refused("expected a constant as one of its inputs")
    }

    /// One value for each channel of an input, from a constant of that shape or of one value.
    func channelConstant(
        _ node: OnnxNode,
        _ constant: Int,
        of index: Int
    ) throws(ModelImportError) -> [Float] {
        let input = try activation(node, index)
        let (values, extents) = try reals(node, constant)
        let channels = input.shape.channels
        // Broadcasting aligns the last dimensions.
        let isPerChannel = zip(extents.reversed(), input.dimensions.reversed()).allSatisfy {
            extent,
            dimension in
            dimension == [.channel] ? extent == channels || extent == 1 : extent == 1
        }
        guard isPerChannel, extents.count <= input.dimensions.count,
            values.count == 1 || values.count == channels
        else {
            throw node.refused(
                "its constant has the shape \(extents); expected one value per channel"
            )
        }
        return values.count == 1 ? Array(repeating: values[0], count: channels) : values
    }

    /// Multiplies every channel by a factor and adds an offset.
    ///
    /// They go into the weights in front of it; where there are none, or others read what these
    /// give, they become a depthwise convolution with a kernel of one cell.
    mutating func scaleChannels(
        _ node: OnnxNode,
        _ index: Int,
        by factors: [Float],
        plus offsets: [Float]
    ) throws(ModelImportError) {
        let input = try activation(node, index)
        let count = factors.count
        if isOnlyReader(node, index),
            let weight = tensors["\(input.node).weight"], let bias = tensors["\(input.node).bias"],
            case .float32(var weights) = weight.elements, case .float32(var biases) = bias.elements,
            biases.count == count
        {
            let isDepthwise =
                if case .depthwiseConv2d = operation(of: input.node) { true } else { false }
            let fanIn = weights.count / count
            for position in weights.indices {
                weights[position] *= factors[isDepthwise ? position % count : position / fanIn]
            }
            for channel in 0..<count {
                biases[channel] = biases[channel] * factors[channel] + offsets[channel]
            }
            tensors["\(input.node).weight"] = Tensor(shape: weight.shape, .float32(weights))
            tensors["\(input.node).bias"] = Tensor(shape: bias.shape, .float32(biases))
            rename(node, index, to: input.dimensions)
        } else {
            try append(
                node,
                .depthwiseConv2d(.init(kernel: .init(1, 1)), depthMultiplier: 1, .none),
                [input],
                dimensions: input.dimensions,
                tensors: [
                    "weight": Tensor(shape: [1, 1, count], .float32(factors)),
                    "bias": Tensor(shape: [count], .float32(offsets)),
                ]
            )
        }
    }
}
