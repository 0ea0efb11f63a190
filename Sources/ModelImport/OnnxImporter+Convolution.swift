import ModelDescription
import ModelFile

extension OnnxImporter {
    mutating func takeConvolution(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        let (weights, extents) = try reals(node, 1)
        guard extents.count == 3 || extents.count == 4 else {
            throw node.refused("expected a kernel in one or two dimensions")
        }
        let axes = try spatialAxes(node, input, rank: extents.count)
        let kernel = Array(extents.dropFirst(2))
        let (outputChannels, groupInputs) = (extents[0], extents[1])
        let groups = node.integer("group", default: 1)
        guard (1...input.shape.channels).contains(groups),
            groups * groupInputs == input.shape.channels
        else {
            throw node.refused(
                "its weights are for \(groups) groups of \(groupInputs) channels, its input has"
                    + " \(input.shape.channels)"
            )
        }
        let isDepthwise = groups > 1
        guard !isDepthwise || groupInputs == 1 else {
            throw node.refused("groups of several channels; expected 1 group or one per channel")
        }
        let spatial = try spatial(node, input, axes, kernel: kernel, hasDilations: true)
        let bias =
            node.inputs.count > 2 && !node.inputs[2].isEmpty
            ? try reals(node, 2).values : Array(repeating: 0, count: outputChannels)
        guard bias.count == outputChannels else {
            throw node.refused("expected a bias of \(outputChannels) values")
        }
        let (times, frequencies) = (spatial.kernel.time, spatial.kernel.frequency)
        var ordered: [Float] = []
        ordered.reserveCapacity(weights.count)
        func weight(_ output: Int, _ channel: Int, _ time: Int, _ frequency: Int) -> Float {
            var index = output * groupInputs + channel
            for (axis, extent) in zip(axes, kernel) {
                index = index * extent + (axis == .time ? time : frequency)
            }
            return weights[index]
        }
        if isDepthwise {
            for time in 0..<times {
                for frequency in 0..<frequencies {
                    for output in 0..<outputChannels {
                        ordered.append(weight(output, 0, time, frequency))
                    }
                }
            }
        } else {
            for output in 0..<outputChannels {
                for time in 0..<times {
                    for frequency in 0..<frequencies {
                        for channel in 0..<groupInputs {
                            ordered.append(weight(output, channel, time, frequency))
                        }
                    }
                }
            }
        }
        try append(
            node,
            isDepthwise
                ? .depthwiseConv2d(spatial, depthMultiplier: outputChannels / groups, .none)
                : .conv2d(spatial, outputChannels: outputChannels, .none),
            [input],
            dimensions: [[.batch], [.channel]] + axes.map { [$0] },
            tensors: [
                "weight": Tensor(
                    shape: isDepthwise
                        ? [times, frequencies, outputChannels]
                        : [outputChannels, times, frequencies, groupInputs],
                    .float32(ordered)
                ),
                "bias": Tensor(shape: [outputChannels], .float32(bias)),
            ]
        )
    }

    mutating func takePool(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        guard let kernel = node.integers("kernel_shape"), kernel.count == 1 || kernel.count == 2
        else { throw node.refused("expected a kernel in one or two dimensions") }
        guard node.integer("ceil_mode", default: 0) == 0 else {
            throw node.refused("ceil_mode 1; expected extents that are rounded down")
        }
        let isMaximum = node.operation == "MaxPool"
        let axes = try spatialAxes(node, input, rank: kernel.count + 2)
        let spatial = try spatial(node, input, axes, kernel: kernel, hasDilations: false)
        let padding = spatial.padding
        guard
            isMaximum || node.integer("count_include_pad", default: 0) == 0
                || padding == .init(0, 0, 0, 0)
        else { throw node.refused("count_include_pad 1; expected means of cells that exist") }
        try append(
            node,
            isMaximum ? .maxPool2d(spatial, .none) : .averagePool2d(spatial, .none),
            [input],
            dimensions: [[.batch], [.channel]] + axes.map { [$0] }
        )
    }

    /// What the dimensions behind batch and channel mean; a dimension without meaning stands for
    /// what is missing.
    private func spatialAxes(
        _ node: OnnxNode,
        _ input: Activation,
        rank: Int
    ) throws(ModelImportError) -> [Axis] {
        let dimensions = input.dimensions
        guard dimensions.count == rank, dimensions[0] == [.batch],
            isChannel(dimensions[1], of: input)
        else {
            throw node.refused(
                "its input means \(words(dimensions)); expected batch, channels and \(rank - 2)"
                    + " dimensions of time and frequency"
            )
        }
        var axes: [Axis] = []
        for dimension in dimensions.dropFirst(2) {
            if dimension == [.time] || dimension == [.frequency] {
                axes.append(dimension[0])
            } else if dimension.isEmpty {
                let free: [Axis] = [.time, .frequency].filter {
                    !input.has($0) && !axes.contains($0) && input.extent($0) == 1
                }
                guard let axis = free.last else {
                    throw node.refused("its input means \(words(dimensions))")
                }
                axes.append(axis)
            } else {
                throw node.refused("its input means \(words(dimensions))")
            }
        }
        return axes
    }

    /// Whether a dimension means channels; one without meaning stands for an only channel.
    func isChannel(_ dimension: Dimension, of input: Activation) -> Bool {
        dimension == [.channel]
            || (dimension.isEmpty && input.shape.channels == 1 && !input.has(.channel))
    }

    private func spatial(
        _ node: OnnxNode,
        _ input: Activation,
        _ axes: [Axis],
        kernel: [Int],
        hasDilations: Bool
    ) throws(ModelImportError) -> Operation.Spatial {
        let ones = Array(repeating: 1, count: axes.count)
        let strides = node.integers("strides") ?? ones
        let dilations = node.integers("dilations") ?? ones
        // The limits of the model format, before anything is computed with these.
        guard kernel.allSatisfy((1...64).contains), strides.allSatisfy((1...16).contains),
            dilations.allSatisfy((1...16).contains)
        else {
            throw node.refused("expected kernels of 1 … 64, strides and dilations of 1 … 16")
        }
        let pads = try pads(node, input, axes, kernel, strides, dilations)
        guard kernel.count == axes.count, strides.count == axes.count,
            dilations.count == axes.count, pads.count == 2 * axes.count
        else { throw node.refused("kernel, strides, dilations and pads must fit each other") }
        guard hasDilations || dilations == ones else { throw node.refused("a dilated pool") }
        var spatial = Operation.Spatial(kernel: .init(1, 1))
        for (index, axis) in axes.enumerated() {
            let (before, after) = (pads[index], pads[axes.count + index])
            guard (0...63).contains(before), (0...63).contains(after) else {
                throw node.refused("expected pads of 0 … 63")
            }
            if axis == .time {
                spatial.kernel.time = kernel[index]
                spatial.stride.time = strides[index]
                spatial.dilation.time = dilations[index]
                spatial.padding.timeBefore = before
                spatial.padding.timeAfter = after
            } else {
                spatial.kernel.frequency = kernel[index]
                spatial.stride.frequency = strides[index]
                spatial.dilation.frequency = dilations[index]
                spatial.padding.frequencyBefore = before
                spatial.padding.frequencyAfter = after
            }
        }
        return spatial
    }

    /// Explicit pads; `SAME` becomes explicit where it does not depend on the number of frames.
    private func pads(
        _ node: OnnxNode,
        _ input: Activation,
        _ axes: [Axis],
        _ kernel: [Int],
        _ strides: [Int],
        _ dilations: [Int]
    ) throws(ModelImportError) -> [Int] {
        let zeros = Array(repeating: 0, count: 2 * axes.count)
        let automatic = node.text("auto_pad") ?? "NOTSET"
        guard automatic.hasPrefix("SAME") else { return node.integers("pads") ?? zeros }
        guard kernel.count == axes.count, strides.count == axes.count,
            dilations.count == axes.count
        else { return [] }
        var pads = zeros
        for (index, axis) in axes.enumerated() {
            let reach = dilations[index] * (kernel[index] - 1) + 1
            let stride = strides[index]
            guard axis == .frequency || stride == 1 else {
                throw node.refused(
                    "auto_pad \(automatic) with a stride in time depends on the number of frames;"
                        + " export explicit pads"
                )
            }
            let extent = input.extent(axis)
            let covered =
                stride == 1 ? reach - 1 : ((extent - 1) / stride) * stride + reach - extent
            let total = max(covered, 0)
            let smaller = total / 2
            pads[index] = automatic == "SAME_LOWER" ? total - smaller : smaller
            pads[axes.count + index] = total - pads[index]
        }
        return pads
    }

    func words(_ dimensions: [Dimension]) -> String {
        let letters = dimensions.map { dimension in
            dimension.isEmpty ? "1" : dimension.map { String($0.rawValue) }.joined(separator: "·")
        }
        return "[" + letters.joined(separator: ", ") + "]"
    }
}
