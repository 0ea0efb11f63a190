import ModelDescription
public import ModelFile

/// Small hand-made models for tests of formats and wiring; nothing was trained.
public enum SampleModel {
    /// Options of a small log-mel front end.
    public static func frontEndOptions() -> FrontEndOptions {
        FrontEndOptions(
            kind: .logMel,
            frameLength: 256,
            hopLength: 128,
            fftLength: 256,
            melBinCount: 8,
            extraChannels: [.zeroCrossingRate, .rms]
        )
    }

    /// Front-end tables of the right shapes: a rectangular window and one bin a filter.
    public static func frontEndTables(_ options: FrontEndOptions) -> FrontEndTables {
        let bins = options.melBinCount
        return FrontEndTables(
            window: Array(repeating: 1 << 30, count: options.frameLength),
            melFirstBin: (1...bins).map { Int32($0 * 8) },
            melBinCounts: Array(repeating: 1, count: bins),
            melWeights: Array(repeating: 32_768, count: bins),
            melLogOffset: Array(repeating: 0, count: bins),
            dct: Array(repeating: 1 << 20, count: options.cepstralCount * bins),
            channelWeights: Array(repeating: 1 << 16, count: options.channelCount)
        )
    }

    /// An int8 network with a convolution, a residual sum, both pools and a fully connected end.
    public static func int8() throws(ModelFileError) -> Model {
        let options = frontEndOptions()
        let one = ActivationQuantization(scale: 0.1, zeroPoint: -5)
        let half = FixedPointScale(multiplier: 1 << 30, shift: 0)
        let same = Operation.Spatial(
            kernel: .init(3, 3),
            padding: .init(1, 1, 1, 1)
        )
        let nodes = [
            Node(
                name: "conv",
                operation: .conv2d(same, outputChannels: 2, .relu),
                inputs: [Graph.inputName],
                output: one
            ),
            Node(
                name: "depthwise",
                operation: .depthwiseConv2d(same, depthMultiplier: 1, .none),
                inputs: ["conv"],
                output: one
            ),
            Node(
                name: "sum",
                operation: .add(.none, .init(first: half, second: half, output: half)),
                inputs: ["conv", "depthwise"],
                output: one
            ),
            Node(
                name: "pool",
                operation: .maxPool2d(
                    .init(kernel: .init(2, 2), stride: .init(2, 2)),
                    .none
                ),
                inputs: ["sum"],
                output: one
            ),
            Node(
                name: "statistics",
                operation: .meanDeviationPool(
                    .timeAndFrequency,
                    .init(mean: half, deviation: .init(multiplier: 1 << 30, shift: -16))
                ),
                inputs: ["pool"],
                output: one
            ),
            Node(
                name: "logits",
                operation: .fullyConnected(outputChannels: 3, .none),
                inputs: ["statistics"],
                output: one
            ),
        ]
        return try Model(
            manifest: ModelManifest(
                name: "sample",
                release: 1,
                version: "1.0",
                task: .emotion,
                precision: .int8,
                labels: ["calm", "happy", "sad"],
                frontEnd: options,
                graph: Graph(
                    layout: .image,
                    input: .init(
                        scale: 0.05,
                        zeroPoint: 0,
                        requantization: .init(multiplier: 1 << 30, shift: -2)
                    ),
                    nodes: nodes
                ),
                decision: DecisionParameters(
                    windowFrames: 40,
                    hopFrames: 10,
                    minimumFrames: 10,
                    maximumUtteranceFrames: 80,
                    preRollFrames: 10,
                    temperature: 1,
                    logitScale: .init(multiplier: 1 << 30, shift: 13),
                    unknownThreshold: 400,
                    smoothing: 500
                ),
                provenance: Provenance(
                    corpora: [],
                    ancestors: [],
                    seed: 0,
                    tool: "tests",
                    licence: "Apache-2.0",
                    notice: "",
                    metrics: []
                )
            ),
            frontEndTables: frontEndTables(options),
            tensors: layer("conv", [2, 3, 3, 1])
                .merging(layer("depthwise", [3, 3, 2])) { $1 }
                .merging(layer("logits", [3, 4])) { $1 }
        )
    }

    /// The int8 network with memory for the voice.
    ///
    /// - Parameter frames: most frames remembered; at least the 80 of its longest utterance.
    public static func remembering(
        _ frames: Int,
        normalization: FrontEndOptions.Normalization = .mean
    ) throws(ModelFileError) -> Model {
        let model = try int8()
        var manifest = model.manifest
        manifest.decision.voiceMemoryFrames = frames
        manifest.frontEnd.normalization = normalization
        return try Model(
            manifest: manifest,
            frontEndTables: model.frontEndTables,
            tensors: model.tensors
        )
    }

    /// A speech model that always gives the same answer: its weights are zero, its bias is not.
    public static func speech(isSpeech: Bool) throws(ModelFileError) -> Model {
        let model = try int8()
        var manifest = model.manifest
        manifest.task = .speech
        manifest.labels = ["silence", "speech"]
        manifest.decision.windowFrames = 10
        manifest.decision.minimumFrames = 10
        manifest.decision.hopFrames = 5
        manifest.graph.nodes[5].operation = .fullyConnected(outputChannels: 2, .none)
        var tensors = model.tensors
        let bias: [Int32] = isSpeech ? [-4000, 4000] : [4000, -4000]
        tensors["logits.weight"] = Tensor(shape: [2, 4], .int8(Array(repeating: 0, count: 8)))
        tensors["logits.bias"] = Tensor(shape: [2], .int32(bias))
        tensors["logits.multiplier"] = Tensor(shape: [2], .int32([1 << 30, 1 << 30]))
        tensors["logits.shift"] = Tensor(shape: [2], .int32([-4, -4]))
        return try Model(
            manifest: manifest,
            frontEndTables: model.frontEndTables,
            tensors: tensors
        )
    }

    private static func layer(_ name: String, _ shape: [Int]) -> [String: Tensor] {
        let channels = name == "depthwise" ? shape[shape.count - 1] : shape[0]
        let count = shape.reduce(1, *)
        // Any varied weights will do: a fixed linear congruence.
        let weights = (0..<count).map { Int8(($0 * 37 + 11) % 127 - 63) }
        return [
            "\(name).weight": Tensor(shape: shape, .int8(weights)),
            "\(name).bias": Tensor(
                shape: [channels],
                .int32((0..<channels).map { Int32($0 * 100 - 50) })
            ),
            "\(name).multiplier": Tensor(
                shape: [channels],
                .int32(Array(repeating: 1 << 30, count: channels))
            ),
            "\(name).shift": Tensor(
                shape: [channels],
                .int32(Array(repeating: -6, count: channels))
            ),
        ]
    }
}
