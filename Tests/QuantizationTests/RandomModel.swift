import ModelDescription
import ModelFile
import TestSupport

/// Full-precision models with random weights, for comparing two ways of computing them.
struct RandomModel {
    /// Splitmix64: the same numbers on every machine.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    var generator: Generator
    private(set) var nodes: [Node] = []
    private(set) var tensors: [String: Tensor] = [:]

    init(seed: UInt64) {
        generator = Generator(state: seed)
    }

    mutating func add(_ name: String, _ operation: Operation, _ inputs: String...) {
        nodes.append(Node(name: name, operation: operation, inputs: inputs))
    }

    mutating func weights(_ node: String, _ shape: [Int], channels: Int) {
        let fanIn = Float(shape.reduce(1, *) / channels)
        tensor("\(node).weight", shape, -2 / fanIn.squareRoot()...2 / fanIn.squareRoot())
        tensor("\(node).bias", [channels], -0.5...0.5)
    }

    mutating func batchNorm(_ node: String, channels: Int) {
        tensor("\(node).scale", [channels], 0.5...1.5)
        tensor("\(node).offset", [channels], -0.5...0.5)
        tensor("\(node).mean", [channels], -0.5...0.5)
        tensor("\(node).variance", [channels], 0.5...2)
    }

    private mutating func tensor(_ name: String, _ shape: [Int], _ range: ClosedRange<Float>) {
        let values = (0..<shape.reduce(1, *)).map { _ in
            Float.random(in: range, using: &generator)
        }
        tensors[name] = Tensor(shape: shape, .float32(values))
    }

    /// The model over the sample front end with 10 channels, Q8, and three labels.
    func model(layout: Graph.Layout = .image) throws -> Model {
        let sample = try SampleModel.int8()
        var manifest = sample.manifest
        manifest.name = "random"
        manifest.precision = .float32
        manifest.decision.logitScale = nil
        manifest.graph = Graph(layout: layout, input: nil, nodes: nodes)
        return try Model(
            manifest: manifest,
            frontEndTables: sample.frontEndTables,
            tensors: tensors
        )
    }

    /// Random features of the sample front end: about −4 … 4 in Q8.
    mutating func features(frameCount: Int) -> [Int16] {
        (0..<frameCount * SampleModel.frontEndOptions().channelCount).map { _ in
            Int16.random(in: -1024...1023, using: &generator)
        }
    }

    /// A `sequence` whose channels become the rows of an image, and a convolution over it.
    static func turnedSequence(seed: UInt64, frequency: Int) -> RandomModel {
        let same = Operation.Spatial(kernel: .init(3, 3), padding: .init(1, 1, 1, 1))
        let point = Operation.Spatial(kernel: .init(1, 1))
        var random = RandomModel(seed: seed)
        random.add("bands", .conv2d(point, outputChannels: 12, .none), Graph.inputName)
        random.add("image", .reshape(frequency: frequency), "bands")
        random.add("stem", .conv2d(same, outputChannels: 4, .relu), "image")
        random.add("pool", .meanDeviationPool(.timeAndFrequency, nil), "stem")
        random.add("logits", .fullyConnected(outputChannels: 3, .none), "pool")
        random.weights("bands", [12, 1, 1, 10], channels: 12)
        random.weights("stem", [4, 3, 3, 12 / frequency], channels: 4)
        random.weights("logits", [3, 8], channels: 3)
        return random
    }

    /// Every operation of the vocabulary in one network.
    static func everything(seed: UInt64) -> RandomModel {
        let same = Operation.Spatial(kernel: .init(3, 3), padding: .init(1, 1, 1, 1))
        let halving = Operation.Spatial(kernel: .init(2, 2), stride: .init(2, 2))
        var random = RandomModel(seed: seed)
        random.add("stem", .conv2d(same, outputChannels: 6, .none), Graph.inputName)
        random.add("stemNorm", .batchNorm(epsilon: 1e-5), "stem")
        random.add("stemRelu", .relu(nil), "stemNorm")
        random.add("depthwise", .depthwiseConv2d(same, depthMultiplier: 1, .none), "stemRelu")
        random.add("depthwiseNorm", .batchNorm(epsilon: 1e-3), "depthwise")
        random.add("sum", .add(.none, nil), "stemRelu", "depthwiseNorm")
        random.add("sumRelu", .relu6(nil), "sum")
        random.add("highest", .maxPool2d(halving, .none), "sumRelu")
        random.add("average", .averagePool2d(halving, .none), "sumRelu")
        random.add("both", .concatenate(.channels), "highest", "average")
        random.add(
            "point",
            .conv2d(.init(kernel: .init(1, 1)), outputChannels: 5, .none),
            "both"
        )
        random.add("pointRelu", .relu(nil), "point")
        random.add("statistics", .meanDeviationPool(.timeAndFrequency, nil), "pointRelu")
        random.add("turned", .reshape(frequency: 5), "statistics")
        random.add("mean", .globalMeanPool(.timeAndFrequency, nil), "pointRelu")
        random.add("hidden", .fullyConnected(outputChannels: 5, .none), "turned")
        random.add("hiddenNorm", .batchNorm(epsilon: 1e-5), "hidden")
        random.add("joined", .add(.none, nil), "hiddenNorm", "mean")
        random.add("clipped", .relu(nil), "joined")
        random.add("twice", .add(.none, nil), "joined", "clipped")
        random.add("logits", .fullyConnected(outputChannels: 3, .none), "twice")
        random.weights("stem", [6, 3, 3, 1], channels: 6)
        random.batchNorm("stemNorm", channels: 6)
        random.weights("depthwise", [3, 3, 6], channels: 6)
        random.batchNorm("depthwiseNorm", channels: 6)
        random.weights("point", [5, 1, 1, 12], channels: 5)
        random.weights("hidden", [5, 10], channels: 5)
        random.batchNorm("hiddenNorm", channels: 5)
        random.weights("logits", [3, 5], channels: 3)
        return random
    }

    /// A residual network without anything that would keep channels from being equalised.
    static func residual(seed: UInt64) -> RandomModel {
        let same = Operation.Spatial(kernel: .init(3, 3), padding: .init(1, 1, 1, 1))
        let halving = Operation.Spatial(kernel: .init(2, 2), stride: .init(2, 2))
        var random = RandomModel(seed: seed)
        random.add("stem", .conv2d(same, outputChannels: 6, .relu), Graph.inputName)
        random.add("first", .conv2d(same, outputChannels: 5, .relu), "stem")
        random.add("depthwise", .depthwiseConv2d(same, depthMultiplier: 2, .none), "first")
        random.add("second", .conv2d(same, outputChannels: 6, .none), "depthwise")
        random.add("sum", .add(.relu, nil), "stem", "second")
        random.add("pool", .averagePool2d(halving, .none), "sum")
        random.add("mean", .globalMeanPool(.time, nil), "pool")
        random.add("logits", .fullyConnected(outputChannels: 3, .none), "mean")
        random.weights("stem", [6, 3, 3, 1], channels: 6)
        random.weights("first", [5, 3, 3, 6], channels: 5)
        random.weights("depthwise", [3, 3, 10], channels: 10)
        random.weights("second", [6, 3, 3, 10], channels: 6)
        random.weights("logits", [3, 30], channels: 3)
        return random
    }
}
