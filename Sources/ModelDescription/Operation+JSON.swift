import JSONText

extension Operation {
    /// How many inputs the operation takes.
    var inputCount: ClosedRange<Int> {
        switch self {
        case .add: 2...2
        case .concatenate: 2...8
        default: 1...1
        }
    }

    /// Members of the node that belong to the operation, in any precision.
    var attributeNames: [String] {
        let spatial = ["kernel", "stride", "padding"]
        return switch self {
        case .conv2d: spatial + ["dilation", "outputChannels", "activation"]
        case .depthwiseConv2d: spatial + ["dilation", "depthMultiplier", "activation"]
        case .fullyConnected: ["outputChannels", "activation"]
        case .batchNorm: ["epsilon"]
        case .maxPool2d, .averagePool2d: spatial + ["activation"]
        case .globalMeanPool, .meanDeviationPool: ["axes"]
        case .add: ["activation"]
        case .concatenate: ["axis"]
        case .reshape: ["frequency"]
        case .relu, .relu6: []
        }
    }

    /// Members of the node that only int8 models have.
    var integerAttributeNames: [String] {
        switch self {
        case .globalMeanPool, .meanDeviationPool, .add, .relu, .relu6: ["quantization"]
        default: []
        }
    }

    init(decoding cursor: JSONCursor, precision: ModelManifest.Precision) throws(JSONError) {
        let isInteger = precision == .int8
        let op = try cursor.member("op")
        switch try op.string() {
        case "conv2d":
            self = .conv2d(
                try Spatial(decoding: cursor, hasDilation: true),
                outputChannels: try cursor.member("outputChannels").integer(1...1024),
                try Activation(decoding: cursor)
            )
        case "depthwiseConv2d":
            self = .depthwiseConv2d(
                try Spatial(decoding: cursor, hasDilation: true),
                depthMultiplier: try cursor.member("depthMultiplier").integer(1...64),
                try Activation(decoding: cursor)
            )
        case "fullyConnected":
            self = .fullyConnected(
                outputChannels: try cursor.member("outputChannels").integer(1...1024),
                try Activation(decoding: cursor)
            )
        case "batchNorm" where !isInteger:
            self = .batchNorm(epsilon: try cursor.member("epsilon").real(1e-9...1))
        case "maxPool2d":
            self = .maxPool2d(
                try Spatial(decoding: cursor, hasDilation: false),
                try Activation(decoding: cursor)
            )
        case "averagePool2d":
            self = .averagePool2d(
                try Spatial(decoding: cursor, hasDilation: false),
                try Activation(decoding: cursor)
            )
        case "globalMeanPool":
            let scale: FixedPointScale? =
                isInteger ? try Self.scale(cursor.member("quantization"), largestShift: 8) : nil
            self = .globalMeanPool(try cursor.member("axes").choice(), scale)
        case "meanDeviationPool":
            let scales: MeanDeviationScales? =
                isInteger ? try MeanDeviationScales(decoding: cursor.member("quantization")) : nil
            self = .meanDeviationPool(try cursor.member("axes").choice(), scales)
        case "add":
            let scales: AddScales? =
                isInteger ? try AddScales(decoding: cursor.member("quantization")) : nil
            self = .add(try Activation(decoding: cursor), scales)
        case "concatenate":
            self = .concatenate(try cursor.member("axis").choice())
        case "reshape":
            self = .reshape(frequency: try cursor.member("frequency").integer(1...4096))
        case "relu":
            self = .relu(
                isInteger
                    ? try Self.scale(cursor.member("quantization"), largestShift: 22) : nil
            )
        case "relu6":
            self = .relu6(
                isInteger
                    ? try Self.scale(cursor.member("quantization"), largestShift: 22) : nil
            )
        default:
            let names = Operation.names.filter { !isInteger || $0 != "batchNorm" }
            throw op.unexpected("one of \(names.joined(separator: ", "))")
        }
    }

    private static func scale(
        _ cursor: JSONCursor,
        largestShift: Int
    ) throws(JSONError) -> FixedPointScale {
        try cursor.allowOnly(["multiplier", "shift"])
        return try FixedPointScale(decoding: cursor, largestShift: largestShift)
    }

    func write(into object: inout JSONObject) {
        switch self {
        case .conv2d(let spatial, let outputChannels, let activation):
            spatial.write(into: &object, hasDilation: true)
            object["outputChannels"] = .integer(outputChannels)
            object["activation"] = .string(activation.rawValue)
        case .depthwiseConv2d(let spatial, let depthMultiplier, let activation):
            spatial.write(into: &object, hasDilation: true)
            object["depthMultiplier"] = .integer(depthMultiplier)
            object["activation"] = .string(activation.rawValue)
        case .fullyConnected(let outputChannels, let activation):
            object["outputChannels"] = .integer(outputChannels)
            object["activation"] = .string(activation.rawValue)
        case .batchNorm(let epsilon):
            object["epsilon"] = .real(epsilon)
        case .maxPool2d(let spatial, let activation), .averagePool2d(let spatial, let activation):
            spatial.write(into: &object, hasDilation: false)
            object["activation"] = .string(activation.rawValue)
        case .globalMeanPool(let axes, let scale):
            object["axes"] = .string(axes.rawValue)
            object["quantization"] = scale?.json
        case .meanDeviationPool(let axes, let scales):
            object["axes"] = .string(axes.rawValue)
            object["quantization"] = scales?.json
        case .add(let activation, let scales):
            object["activation"] = .string(activation.rawValue)
            object["quantization"] = scales?.json
        case .concatenate(let axis):
            object["axis"] = .string(axis.rawValue)
        case .reshape(let frequency):
            object["frequency"] = .integer(frequency)
        case .relu(let scale), .relu6(let scale):
            object["quantization"] = scale?.json
        }
    }
}

extension Operation.Activation {
    fileprivate init(decoding cursor: JSONCursor) throws(JSONError) {
        guard let member = try cursor.optionalMember("activation") else {
            self = .none
            return
        }
        self = try member.choice()
    }
}

extension Operation.Pair {
    fileprivate init(decoding cursor: JSONCursor, range: ClosedRange<Int>) throws(JSONError) {
        let elements = try cursor.elements(count: 2...2)
        self.init(try elements[0].integer(range), try elements[1].integer(range))
    }

    fileprivate var json: JSONValue { [.integer(time), .integer(frequency)] }
}

extension Operation.Spatial {
    fileprivate init(decoding cursor: JSONCursor, hasDilation: Bool) throws(JSONError) {
        self.init(kernel: try Operation.Pair(decoding: cursor.member("kernel"), range: 1...64))
        if let member = try cursor.optionalMember("stride") {
            stride = try Operation.Pair(decoding: member, range: 1...16)
        }
        if hasDilation, let member = try cursor.optionalMember("dilation") {
            dilation = try Operation.Pair(decoding: member, range: 1...16)
        }
        if let member = try cursor.optionalMember("padding") {
            let elements = try member.elements(count: 4...4)
            let time = 0...min(63, dilation.time * (kernel.time - 1))
            let frequency = 0...min(63, dilation.frequency * (kernel.frequency - 1))
            padding = Operation.Padding(
                try elements[0].integer(time),
                try elements[1].integer(time),
                try elements[2].integer(frequency),
                try elements[3].integer(frequency)
            )
        }
    }

    fileprivate func write(into object: inout JSONObject, hasDilation: Bool) {
        object["kernel"] = kernel.json
        object["stride"] = stride.json
        if hasDilation { object["dilation"] = dilation.json }
        object["padding"] = [
            .integer(padding.timeBefore), .integer(padding.timeAfter),
            .integer(padding.frequencyBefore), .integer(padding.frequencyAfter),
        ]
    }
}

extension FixedPointScale {
    fileprivate var json: JSONValue {
        ["multiplier": .integer(multiplier), "shift": .integer(shift)]
    }
}

extension Operation.MeanDeviationScales {
    fileprivate init(decoding cursor: JSONCursor) throws(JSONError) {
        try cursor.allowOnly([
            "meanMultiplier", "meanShift", "deviationMultiplier", "deviationShift",
        ])
        self.init(
            mean: try FixedPointScale(
                decoding: cursor,
                multiplier: "meanMultiplier",
                shift: "meanShift",
                largestShift: 8
            ),
            deviation: try FixedPointScale(
                decoding: cursor,
                multiplier: "deviationMultiplier",
                shift: "deviationShift",
                largestShift: 7
            )
        )
    }

    fileprivate var json: JSONValue {
        [
            "meanMultiplier": .integer(mean.multiplier),
            "meanShift": .integer(mean.shift),
            "deviationMultiplier": .integer(deviation.multiplier),
            "deviationShift": .integer(deviation.shift),
        ]
    }
}

extension Operation.AddScales {
    fileprivate init(decoding cursor: JSONCursor) throws(JSONError) {
        try cursor.allowOnly([
            "leftShift", "inputMultipliers", "inputShifts", "outputMultiplier", "outputShift",
        ])
        let shift = Operation.AddScales.leftShift
        _ = try cursor.member("leftShift").integer(shift...shift)
        let multipliers = try cursor.member("inputMultipliers").elements(count: 2...2)
        let shifts = try cursor.member("inputShifts").elements(count: 2...2)
        var scales: [FixedPointScale] = []
        for (multiplier, shift) in zip(multipliers, shifts) {
            // Read as one object, so that both places share the checks of a scale.
            scales.append(
                try FixedPointScale(
                    decoding: JSONCursor(
                        ["multiplier": multiplier.value, "shift": shift.value],
                        path: multiplier.path
                    ),
                    largestShift: 3
                )
            )
        }
        self.init(
            first: scales[0],
            second: scales[1],
            output: try FixedPointScale(
                decoding: cursor,
                multiplier: "outputMultiplier",
                shift: "outputShift",
                largestShift: 0
            )
        )
    }

    fileprivate var json: JSONValue {
        [
            "leftShift": .integer(Operation.AddScales.leftShift),
            "inputMultipliers": [.integer(first.multiplier), .integer(second.multiplier)],
            "inputShifts": [.integer(first.shift), .integer(second.shift)],
            "outputMultiplier": .integer(output.multiplier),
            "outputShift": .integer(output.shift),
        ]
    }
}
