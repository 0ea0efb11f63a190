extension Graph {
    /// Index of each node's inputs: −1 for the features, else the index of an earlier node.
    public var inputIndices: [[Int]] {
        var indices: [String: Int] = [Graph.inputName: -1]
        var result: [[Int]] = []
        for (index, node) in nodes.enumerated() {
            let inputs = node.inputs.compactMap { indices[$0] }
            precondition(inputs.count == node.inputs.count, "references are checked when decoding")
            result.append(inputs)
            indices[node.name] = index
        }
        return result
    }

    /// Computes the shape of every node's output for a number of frames.
    ///
    /// - Parameter inputIndices: the property of that name, computed once for many calls.
    /// - Returns: one shape for each node, in order.
    /// - Throws: `empty`, `mismatch`, `timeNotReduced`, `indivisible`.
    public func shapes(
        frameCount: Int,
        channelCount: Int,
        inputIndices: [[Int]]
    ) throws(GraphError) -> [TensorShape] {
        let features = inputShape(frameCount: frameCount, channelCount: channelCount)
        var shapes: [TensorShape] = []
        shapes.reserveCapacity(nodes.count)
        for (node, indices) in zip(nodes, inputIndices) {
            let inputs = indices.map { $0 < 0 ? features : shapes[$0] }
            shapes.append(try node.outputShape(of: inputs))
        }
        return shapes
    }

    /// The shape of the network's input.
    public func inputShape(frameCount: Int, channelCount: Int) -> TensorShape {
        switch layout {
        case .image: TensorShape(time: frameCount, frequency: channelCount, channels: 1)
        case .sequence: TensorShape(time: frameCount, frequency: 1, channels: channelCount)
        }
    }
}

extension Node {
    /// The shape of this node's output.
    ///
    /// - Throws: `empty`, `mismatch`, `timeNotReduced`, `indivisible`.
    public func outputShape(of inputs: [TensorShape]) throws(GraphError) -> TensorShape {
        var shape = inputs[0]
        switch operation {
        case .conv2d(let spatial, let outputChannels, _):
            shape = try spatial.outputShape(of: shape, node: name)
            shape.channels = outputChannels
        case .depthwiseConv2d(let spatial, let depthMultiplier, _):
            shape = try spatial.outputShape(of: shape, node: name)
            shape.channels *= depthMultiplier
        case .maxPool2d(let spatial, _), .averagePool2d(let spatial, _):
            shape = try spatial.outputShape(of: shape, node: name)
        case .fullyConnected(let outputChannels, _):
            guard shape.time == 1 else { throw .timeNotReduced(node: name, input: shape) }
            shape = TensorShape(time: 1, frequency: 1, channels: outputChannels)
        case .globalMeanPool(let axes, _):
            shape = shape.reduced(axes)
        case .meanDeviationPool(let axes, _):
            shape = shape.reduced(axes)
            shape.channels *= 2
        case .add:
            guard inputs[1] == shape else { throw .mismatch(node: name, shape, inputs[1]) }
        case .concatenate(let axis):
            for other in inputs.dropFirst() {
                var expected = shape
                switch axis {
                case .frequency:
                    expected.frequency = other.frequency
                    guard other == expected else { throw .mismatch(node: name, shape, other) }
                    shape.frequency += other.frequency
                case .channels:
                    expected.channels = other.channels
                    guard other == expected else { throw .mismatch(node: name, shape, other) }
                    shape.channels += other.channels
                }
            }
        case .reshape(let frequency):
            let count = shape.frequency * shape.channels
            guard count.isMultiple(of: frequency) else {
                throw .indivisible(node: name, input: shape, frequency: frequency)
            }
            shape.frequency = frequency
            shape.channels = count / frequency
        case .batchNorm, .relu, .relu6:
            break
        }
        return shape
    }

    /// Number of multiply-accumulates of this node.
    public func multiplyAccumulates(inputs: [TensorShape], output: TensorShape) -> Int {
        switch operation {
        case .conv2d(let spatial, _, _):
            output.count * spatial.kernel.time * spatial.kernel.frequency * inputs[0].channels
        case .depthwiseConv2d(let spatial, _, _):
            output.count * spatial.kernel.time * spatial.kernel.frequency
        case .fullyConnected:
            output.count * inputs[0].count
        default: 0
        }
    }
}

extension TensorShape {
    fileprivate func reduced(_ axes: Operation.Axes) -> TensorShape {
        switch axes {
        case .time: TensorShape(time: 1, frequency: frequency, channels: channels)
        case .timeAndFrequency: TensorShape(time: 1, frequency: 1, channels: channels)
        }
    }
}

extension Operation.Spatial {
    fileprivate func outputShape(
        of input: TensorShape,
        node: String
    ) throws(GraphError) -> TensorShape {
        let time = extent(
            input.time + padding.timeBefore + padding.timeAfter,
            kernel.time,
            stride.time,
            dilation.time
        )
        let frequency = extent(
            input.frequency + padding.frequencyBefore + padding.frequencyAfter,
            kernel.frequency,
            stride.frequency,
            dilation.frequency
        )
        guard time > 0 && frequency > 0 else { throw .empty(node: node, input: input) }
        return TensorShape(time: time, frequency: frequency, channels: input.channels)
    }

    private func extent(_ padded: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
        let room = padded - dilation * (kernel - 1) - 1
        return room < 0 ? 0 : 1 + room / stride
    }
}
