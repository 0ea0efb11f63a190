import ModelDescription
import ModelFile
import TestSupport

/// Models that keep every rule of the format and cost much when they run.
enum HeavyModel {
    /// Channels of its wide activations: 2048 frames of ten features make 4,177,920 elements, and 4,194,304
    /// is what the format allows.
    private static let channels = 204

    /// Keeps 50 activations of 4 MB at once: 209 MB, where a check may have 160 MiB.
    static func greedy(release: Int) throws -> Model {
        try model(release: release, branches: 50, links: 49) { index, previous, sum in
            (sum.operation, [previous, "branch\(index + 1)"])
        }
    }

    /// Looks for the maximum of 27 neighbours of 4 million numbers, 100 times for one answer.
    static func busy(release: Int) throws -> Model {
        let neighbours = Operation.Spatial(kernel: .init(9, 3), padding: .init(4, 4, 1, 1))
        return try model(release: release, branches: 1, links: 100) { _, previous, _ in
            (.maxPool2d(neighbours, .none), [previous])
        }
    }

    /// The sample network with branches side by side before its pool, and a chain behind them.
    ///
    /// - Parameter link: a link of the chain and what it reads; given its number, the link before, and the node
    ///   that adds in the sample network.
    private static func model(
        release: Int,
        branches: Int,
        links: Int,
        link: (Int, String, Node) -> (operation: Operation, inputs: [String])
    ) throws -> Model {
        let sample = try ModelBed.model(release: release)
        var manifest = sample.manifest
        manifest.decision.maximumUtteranceFrames = 2048
        var tensors = sample.tensors
        let sum = manifest.graph.nodes[2]
        var nodes = Array(manifest.graph.nodes[...2])
        for branch in 0..<branches {
            let name = "branch\(branch)"
            nodes.append(
                Node(
                    name: name,
                    operation: .conv2d(
                        Operation.Spatial(kernel: .init(1, 1)),
                        outputChannels: channels,
                        .none
                    ),
                    inputs: [sum.name],
                    output: sum.output
                )
            )
            tensors["\(name).weight"] = Tensor(
                shape: [channels, 1, 1, 2],
                .int8((0..<2 * channels).map { Int8($0 % 7 - 3) })
            )
            for (tensor, value) in [("bias", Int32(0)), ("multiplier", 1 << 30), ("shift", -1)] {
                tensors["\(name).\(tensor)"] = Tensor(
                    shape: [channels],
                    .int32(Array(repeating: value, count: channels))
                )
            }
        }
        for index in 0..<links {
            let (operation, inputs) = link(index, index == 0 ? "branch0" : "link\(index - 1)", sum)
            nodes.append(
                Node(name: "link\(index)", operation: operation, inputs: inputs, output: sum.output)
            )
        }
        var pool = manifest.graph.nodes[3]
        pool.inputs = [nodes[nodes.count - 1].name]
        manifest.graph.nodes = nodes + [pool] + manifest.graph.nodes[4...]
        tensors["logits.weight"] = ModelBed.logitsWeight(channels: channels)
        return try Model(
            manifest: manifest,
            frontEndTables: sample.frontEndTables,
            tensors: tensors
        )
    }
}
