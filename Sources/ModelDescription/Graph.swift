public import JSONText

/// A network as a list of nodes in order of execution.
///
/// - Source: `Documentation/ModelFormat.md`, section 4.
public struct Graph: Equatable, Sendable {
    /// Name of the network's input in `Node.inputs`.
    public static let inputName = "features"

    /// How the features are seen by the first operator.
    public enum Layout: String, CaseIterable, Sendable {
        /// `[time, channelCount, 1]`
        case image
        /// `[time, 1, channelCount]`
        case sequence
    }

    /// Quantisation of the normalised Int16 features to Int8.
    public struct Input: Equatable, Sendable {
        /// Real step of the Int8 input, for tools.
        public var scale: Double
        /// The Int8 value that stands for 0.
        public var zeroPoint: Int32
        /// Turns the Int16 feature into Int8 steps.
        public var requantization: FixedPointScale

        /// Makes the quantisation of the input.
        public init(scale: Double, zeroPoint: Int32, requantization: FixedPointScale) {
            self.scale = scale
            self.zeroPoint = zeroPoint
            self.requantization = requantization
        }
    }

    /// How the features are seen by the first operator.
    public var layout: Layout
    /// Quantisation of the input; int8 models only.
    public var input: Input?
    /// Nodes in order of execution; the last one gives the logits.
    public var nodes: [Node]

    /// Makes a graph; `decoding:` checks it, this does not.
    public init(layout: Layout, input: Input?, nodes: [Node]) {
        self.layout = layout
        self.input = input
        self.nodes = nodes
    }

    /// Reads a graph and checks names, references and attributes.
    ///
    /// - Throws: `JSONError` with the path of the member.
    public init(
        decoding cursor: JSONCursor,
        precision: ModelManifest.Precision
    ) throws(JSONError) {
        let isInteger = precision == .int8
        try cursor.allowOnly(["layout", "nodes", "output"] + (isInteger ? ["input"] : []))
        layout = try cursor.member("layout").choice()
        if isInteger { input = try Self.input(cursor.member("input")) }
        nodes = []
        var names: Set<String> = [Graph.inputName]
        for element in try cursor.member("nodes").elements(count: 1...128) {
            let node = try Node(decoding: element, precision: precision)
            for (index, input) in node.inputs.enumerated() where !names.contains(input) {
                throw .unexpected(
                    path: "\(element.path).inputs[\(index)]",
                    expected: "features or the name of an earlier node",
                    found: "\"\(input)\""
                )
            }
            guard names.insert(node.name).inserted else {
                throw try element.member("name").unexpected("a name that no other node has")
            }
            nodes.append(node)
        }
        let output = try cursor.member("output")
        guard try output.string() == nodes.last?.name else {
            throw output.unexpected("the name of the last node")
        }
    }

    private static func input(_ cursor: JSONCursor) throws(JSONError) -> Input {
        try cursor.allowOnly(["scale", "zeroPoint", "multiplier", "shift"])
        return Input(
            scale: try cursor.member("scale").real(1e-12...1e12),
            zeroPoint: Int32(try cursor.member("zeroPoint").integer(-128...127)),
            requantization: try FixedPointScale(decoding: cursor, largestShift: 15)
        )
    }

    /// The graph as JSON.
    public var json: JSONValue {
        var object = JSONObject([("layout", .string(layout.rawValue))])
        if let input {
            object["input"] = [
                "scale": .real(input.scale),
                "zeroPoint": .integer(input.zeroPoint),
                "multiplier": .integer(input.requantization.multiplier),
                "shift": .integer(input.requantization.shift),
            ]
        }
        object["nodes"] = .array(nodes.map(\.json))
        object["output"] = .string(nodes.last?.name ?? "")
        return .object(object)
    }
}
