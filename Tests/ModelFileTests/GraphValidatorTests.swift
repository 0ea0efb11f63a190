import ModelDescription
import ModelFile
import TestSupport
import Testing

@Suite struct GraphValidatorTests {
    private func rebuild(
        manifest change: (inout ModelManifest) -> Void = { _ in },
        tables changeTables: (inout FrontEndTables) -> Void = { _ in },
        tensors changeTensors: (inout [String: Tensor]) -> Void = { _ in }
    ) throws -> Model {
        let model = try SampleModel.int8()
        var manifest = model.manifest
        var tables = model.frontEndTables
        var tensors = model.tensors
        change(&manifest)
        changeTables(&tables)
        changeTensors(&tensors)
        return try Model(manifest: manifest, frontEndTables: tables, tensors: tensors)
    }

    @Test func missingStrayAndWrongTensorsAreNamed() {
        #expect(throws: ModelFileError.missingTensor("conv.bias")) {
            try rebuild(tensors: { $0["conv.bias"] = nil })
        }
        #expect(throws: ModelFileError.strayTensor("more")) {
            try rebuild(tensors: { $0["more"] = Tensor(shape: [1], .int8([1])) })
        }
        #expect(
            throws: ModelFileError.wrongTensor(
                "conv.bias",
                expected: "I32 [2]",
                found: "I32 [3]"
            )
        ) { try rebuild(tensors: { $0["conv.bias"] = Tensor(shape: [3], .int32([1, 2, 3])) }) }
    }

    @Test func accumulatorsThatCouldOverflowAreRejected() {
        #expect(throws: ModelFileError.self) {
            try rebuild(tensors: {
                $0["conv.bias"] = Tensor(shape: [2], .int32([Int32.max, 0]))
            })
        }
        #expect(throws: ModelFileError.self) {
            try rebuild(tensors: { $0["conv.shift"] = Tensor(shape: [2], .int32([20, 0])) })
        }
    }

    @Test func valuesThatKernelsRelyOnAreChecked() {
        #expect(throws: ModelFileError.self) {
            try rebuild(tensors: {
                $0["conv.multiplier"] = Tensor(shape: [2], .int32([5, 0]))
            })
        }
        #expect(throws: ModelFileError.self) {
            try rebuild(tables: { $0.melFirstBin[0] = 129 })
        }
        #expect(throws: ModelFileError.self) { try rebuild(tables: { $0.window[3] = -1 }) }
        #expect(throws: ModelFileError.self) {
            try rebuild(tables: { $0.melWeights[3] = 40_000 })
        }
    }

    @Test func graphsThatDoNotFitTogetherAreRejected() {
        // Too few frames are left for the pool.
        #expect(throws: ModelFileError.self) {
            try rebuild(manifest: { $0.frontEnd.extraChannels = [] })
        }
        // Five labels for three logits.
        #expect(throws: ModelFileError.self) {
            try rebuild(manifest: { $0.labels += ["angry", "fearful"] })
        }
        // The maximum of values on another scale.
        #expect(throws: ModelFileError.self) {
            try rebuild(manifest: { $0.graph.nodes[3].output?.scale = 0.2 })
        }
    }

    /// The sample's pooled image of 5 frequencies and 2 channels, turned before the statistics.
    private func reshaped(to frequency: Int, scale: Double = 0.1) throws -> Model {
        try rebuild(manifest: { manifest in
            manifest.graph.nodes.insert(
                Node(
                    name: "turned",
                    operation: .reshape(frequency: frequency),
                    inputs: ["pool"],
                    output: ActivationQuantization(scale: scale, zeroPoint: -5)
                ),
                at: 4
            )
            manifest.graph.nodes[5].inputs = ["turned"]
        })
    }

    @Test func reshapeNeedsFrequenciesThatDivideAFrame() throws {
        #expect(try Model(reading: reshaped(to: 5).bytes) == reshaped(to: 5))
        #expect(
            throws: ModelFileError.graph(
                .indivisible(
                    node: "turned",
                    input: TensorShape(time: 5, frequency: 5, channels: 2),
                    frequency: 4
                ),
                frameCount: 10
            )
        ) { try reshaped(to: 4) }
        // A copy on another scale.
        #expect(
            throws: ModelFileError.value(
                place: "output of turned",
                expected: "scale 0.1 and zero point -5 of its inputs",
                found: "scale 0.2 and zero point -5"
            )
        ) { try reshaped(to: 5, scale: 0.2) }
    }

    /// Both branches give T/2 rounded down for even T, and differ for odd T.
    @Test func branchesThatAgreeForSomeFrameCountsOnlyAreRejected() {
        #expect(throws: ModelFileError.self) {
            try rebuild(manifest: { manifest in
                let stride = Operation.Pair(2, 1)
                let output = manifest.graph.nodes[0].output
                manifest.graph.nodes = [
                    Node(
                        name: "a",
                        operation: .maxPool2d(.init(kernel: .init(1, 1), stride: stride), .none),
                        inputs: [Graph.inputName],
                        output: output
                    ),
                    Node(
                        name: "b",
                        operation: .maxPool2d(.init(kernel: .init(2, 1), stride: stride), .none),
                        inputs: [Graph.inputName],
                        output: output
                    ),
                    Node(
                        name: "sum",
                        operation: .concatenate(.channels),
                        inputs: ["a", "b"],
                        output: output
                    ),
                ]
            })
        }
    }
}
