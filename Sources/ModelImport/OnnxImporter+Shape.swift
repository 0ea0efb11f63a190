import ModelDescription

extension OnnxImporter {
    mutating func takeConcatenation(_ node: OnnxNode) throws(ModelImportError) {
        var inputs: [Activation] = []
        for index in node.inputs.indices { inputs.append(try activation(node, index)) }
        guard let first = inputs.first else { throw node.refused("has no inputs") }
        let axis = try place(node, node.integer("axis", default: 0), first.dimensions.count)
        guard inputs.allSatisfy({ $0.dimensions == first.dimensions }) else {
            throw node.refused("its inputs have dimensions of different meaning")
        }
        let joined: Operation.Axis
        switch first.dimensions[axis] {
        case [.channel]: joined = .channels
        case [.frequency]: joined = .frequency
        default: throw node.refused("expected to join channels or frequencies")
        }
        try append(node, .concatenate(joined), inputs, dimensions: first.dimensions)
    }

    mutating func takeGlobalPool(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        guard input.dimensions.count > 2, input.dimensions[1] == [.channel] else {
            throw node.refused("its input means \(words(input.dimensions))")
        }
        let places = Array(2..<input.dimensions.count)
        try average(node, input, over: places, keepsDimensions: true)
    }

    mutating func takeMean(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        guard let axes = try integers(node, 1) ?? node.integers("axes"), !axes.isEmpty else {
            throw node.refused("expected axes")
        }
        var places: [Int] = []
        for axis in axes { places.append(try place(node, axis, input.dimensions.count)) }
        try average(
            node,
            input,
            over: places,
            keepsDimensions: node.integer("keepdims", default: 1) != 0
        )
    }

    private mutating func average(
        _ node: OnnxNode,
        _ input: Activation,
        over places: [Int],
        keepsDimensions: Bool
    ) throws(ModelImportError) {
        let axes = Set(places.flatMap { input.dimensions[$0] })
        var dimensions = input.dimensions
        for place in places { dimensions[place] = [] }
        if !keepsDimensions {
            dimensions = dimensions.indices.filter { !places.contains($0) }.map { dimensions[$0] }
        }
        let isTimeGone = axes.contains(.time) || !input.has(.time)
        guard axes.isSubset(of: [.time, .frequency]), isTimeGone || axes.isEmpty else {
            throw node.refused("expected the mean over time, or over time and frequency")
        }
        if axes.isEmpty {
            rename(node, 0, to: dimensions)
            return
        }
        try append(
            node,
            .globalMeanPool(axes.contains(.frequency) ? .timeAndFrequency : .time, nil),
            [input],
            dimensions: dimensions
        )
    }

    mutating func takeFlatten(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        let axis = try place(node, node.integer("axis", default: 1), input.dimensions.count)
        guard axis == 1, input.dimensions[0] == [.batch] else {
            throw node.refused("expected to flatten all but the batch")
        }
        rename(node, 0, to: [[.batch], input.dimensions[1...].flatMap { $0 }])
    }

    /// A reshape that flattens, or that adds and removes dimensions of extent 1.
    mutating func takeReshape(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        guard let target = try integers(node, 1), !target.isEmpty, input.dimensions[0] == [.batch],
            node.integer("allowzero", default: 0) == 0
        else { throw node.refused("expected a constant shape that begins with the batch") }
        // What has the extent 1 may come to stand anywhere, so that its place means nothing. Time
        // varies, whatever its extent at the fewest frames is.
        func matters(_ dimension: Dimension) -> Bool {
            dimension.contains(.time) || product(input, dimension) > 1
        }
        var rest = input.dimensions[1...].filter(matters)[...]
        var dimensions: [Dimension] = [[.batch]]
        let wanted = Array(target.enumerated().dropFirst())
        for (index, extent) in wanted {
            let following = wanted.count { $0.offset > index && $0.element != 1 }
            if extent == 1, rest.count <= following || rest.isEmpty {
                dimensions.append([])
            } else if extent == 0, index < input.dimensions.count {
                dimensions.append(input.dimensions[index])
                if matters(input.dimensions[index]), !rest.isEmpty { rest.removeFirst() }
            } else if extent == -1 || following == 0 {
                let count = max(rest.count - following, 0)
                dimensions.append(rest.prefix(count).flatMap { $0 })
                rest = rest.dropFirst(count)
            } else {
                var merged: Dimension = []
                while let next = rest.first, product(input, merged) < extent {
                    merged += next
                    rest.removeFirst()
                }
                dimensions.append(merged)
            }
            // Time varies, so that only the other extents can be held to the shape.
            if let last = dimensions.last, extent > 0, !last.contains(.time),
                product(input, last) != extent
            {
                throw node.refused("cuts \(words(input.dimensions)) into \(target)")
            }
        }
        guard rest.isEmpty else {
            throw node.refused("cuts \(words(input.dimensions)) into \(target)")
        }
        rename(node, 0, to: dimensions)
    }

    private func product(_ input: Activation, _ dimension: Dimension) -> Int {
        dimension.reduce(1) { $0 * input.extent($1) }
    }

    mutating func takeSqueeze(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        let dimensions = input.dimensions
        var places = dimensions.indices.filter { dimensions[$0].isEmpty }
        if let axes = try integers(node, 1) ?? node.integers("axes") {
            places = []
            for axis in axes { places.append(try place(node, axis, dimensions.count)) }
        }
        guard
            places.allSatisfy({
                !dimensions[$0].contains(.time) && !dimensions[$0].contains(.batch)
                    && product(input, dimensions[$0]) == 1
            })
        else { throw node.refused("expected to remove dimensions of extent 1") }
        rename(
            node,
            0,
            to: dimensions.indices.filter { !places.contains($0) }.map { dimensions[$0] }
        )
    }

    mutating func takeUnsqueeze(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        guard let axes = try integers(node, 1) ?? node.integers("axes") else {
            throw node.refused("expected axes")
        }
        let rank = input.dimensions.count + axes.count
        var places: [Int] = []
        for axis in axes { places.append(try place(node, axis, rank)) }
        var dimensions = input.dimensions
        for place in places.sorted() {
            guard place <= dimensions.count else { throw node.refused("axes \(axes)") }
            dimensions.insert([], at: place)
        }
        rename(node, 0, to: dimensions)
    }

    mutating func takeTranspose(_ node: OnnxNode) throws(ModelImportError) {
        let input = try activation(node, 0)
        let order = node.integers("perm") ?? input.dimensions.indices.reversed()
        guard order.sorted() == Array(input.dimensions.indices) else {
            throw node.refused("perm \(order) does not fit \(words(input.dimensions))")
        }
        rename(node, 0, to: order.map { input.dimensions[$0] })
    }

    /// An axis counted from the front.
    private func place(
        _ node: OnnxNode,
        _ axis: Int,
        _ rank: Int
    ) throws(ModelImportError) -> Int {
        let place = axis < 0 ? axis + rank : axis
        guard place >= 0, place < rank else {
            throw node.refused("axis \(axis) of \(rank) dimensions")
        }
        return place
    }
}
