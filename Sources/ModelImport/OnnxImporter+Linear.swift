import ModelDescription
import ModelFile

extension OnnxImporter {
    mutating func takeGemm(_ node: OnnxNode) throws(ModelImportError) {
        guard node.integer("transA", default: 0) == 0 else { throw node.refused("transA 1") }
        let (weights, extents) = try reals(node, 1)
        guard extents.count == 2 else { throw node.refused("expected weights in two dimensions") }
        let isTransposed = node.integer("transB", default: 0) != 0
        let outputs = isTransposed ? extents[0] : extents[1]
        let alpha = node.real("alpha", default: 1)
        let beta = node.real("beta", default: 1)
        var bias = [Float](repeating: 0, count: outputs)
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            let found = try reals(node, 2).values
            guard found.count == outputs || found.count == 1 else {
                throw node.refused("expected a bias of \(outputs) values")
            }
            bias = bias.indices.map { beta * found[found.count == 1 ? 0 : $0] }
        }
        try connect(node, weights.map { alpha * $0 }, extents, isTransposed, bias)
    }

    mutating func takeMatrixProduct(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        let (weights, extents) = try reals(node, 1)
        guard extents.count == 2 else { throw node.refused("expected weights in two dimensions") }
        let bias = [Float](repeating: 0, count: extents[1])
        guard input.has(.time), input.dimensions.last == [.channel] else {
            try connect(node, weights, extents, false, bias)
            return
        }
        // The same weights at every time and frequency: a convolution with a kernel of one cell.
        guard extents[0] == input.shape.channels else {
            throw node.refused("its weights do not fit \(input.shape.channels) channels")
        }
        try append(
            node,
            .conv2d(.init(kernel: .init(1, 1)), outputChannels: extents[1], .none),
            [input],
            dimensions: input.dimensions,
            tensors: [
                "weight": Tensor(
                    shape: [extents[1], 1, 1, extents[0]],
                    .float32(Self.transposed(weights, rows: extents[0]))
                ),
                "bias": Tensor(shape: [extents[1]], .float32(bias)),
            ]
        )
    }

    /// A fully connected node; its columns are brought into the order [frequency, channel].
    private mutating func connect(
        _ node: OnnxNode,
        _ weights: [Float],
        _ extents: [Int],
        _ isTransposed: Bool,
        _ bias: [Float]
    ) throws(ModelImportError) {
        let input = try activation(node, 0)
        let meaning = input.dimensions.last ?? []
        guard input.dimensions.dropLast().allSatisfy({ $0.isEmpty || $0 == [.batch] }),
            !meaning.contains(.batch)
        else {
            throw node.refused(
                "its input means \(words(input.dimensions)); expected batch and one more dimension"
            )
        }
        guard !meaning.contains(.time) else {
            throw node.refused(
                "its input holds time, which varies: average over time in front of it"
            )
        }
        let inputs = isTransposed ? extents[1] : extents[0]
        guard inputs == input.shape.frequency * input.shape.channels else {
            throw node.refused(
                "its weights are for \(inputs) values, its input has"
                    + " \(input.shape.frequency * input.shape.channels)"
            )
        }
        let rows = isTransposed ? weights : Self.transposed(weights, rows: inputs)
        let (frequencies, channels) = (input.shape.frequency, input.shape.channels)
        let isChannelOutermost = meaning.first == .channel && meaning.count > 1
        var ordered: [Float] = []
        ordered.reserveCapacity(rows.count)
        for output in bias.indices {
            for frequency in 0..<frequencies {
                for channel in 0..<channels {
                    let column =
                        isChannelOutermost
                        ? channel * frequencies + frequency : frequency * channels + channel
                    ordered.append(rows[output * inputs + column])
                }
            }
        }
        try append(
            node,
            .fullyConnected(outputChannels: bias.count, .none),
            [input],
            dimensions: input.dimensions.dropLast() + [[.channel]],
            tensors: [
                "weight": Tensor(shape: [bias.count, inputs], .float32(ordered)),
                "bias": Tensor(shape: [bias.count], .float32(bias)),
            ]
        )
    }

    private static func transposed(_ matrix: [Float], rows: Int) -> [Float] {
        let columns = matrix.count / max(rows, 1)
        return (0..<matrix.count).map { matrix[$0 % rows * columns + $0 / rows] }
    }

    mutating func takeActivation(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        var operation = Operation.relu(nil)
        if node.operation == "Clip" {
            let lower = try scalar(node, 1) ?? -.infinity
            let upper = try scalar(node, 2) ?? .infinity
            guard lower == 0, upper == 6 || upper >= Float.greatestFiniteMagnitude else {
                throw node.refused("clips to \(lower) … \(upper); expected 0 … 6, or 0 and above")
            }
            if upper == 6 { operation = .relu6(nil) }
        }
        try append(node, operation, [input], dimensions: input.dimensions)
    }

    mutating func takeSum(_ node: OnnxNode) throws(ModelImportError) {
        for (constant, other) in [(0, 1), (1, 0)] where isConstant(node, constant) {
            let offset = try channelConstant(node, constant, of: other)
            let ones = [Float](repeating: 1, count: offset.count)
            try scaleChannels(node, other, by: ones, plus: offset)
            return
        }
        let first = try activation(node, 0)
        let second = try activation(node, 1)
        guard first.dimensions == second.dimensions else {
            throw node.refused(
                "its inputs mean \(words(first.dimensions)) and \(words(second.dimensions))"
            )
        }
        try append(node, .add(.none, nil), [first, second], dimensions: first.dimensions)
    }

    mutating func takeSoftmax(_ node: OnnxNode) throws(ModelImportError) {
        var input = try activation(node, 0)
        let axis = node.integer("axis", default: -1)
        let place = axis < 0 ? axis + input.dimensions.count : axis
        guard input.dimensions.indices.contains(place), input.dimensions[place] == [.channel] else {
            throw node.refused("expected the softmax over the labels, at the end")
        }
        input.isProbability = true
        define(node, input)
    }
}
