import JSONText
import ModelDescription
import ModelFile
import ModelImport
import Quantization
import Testing

@Suite struct ImportTests {
    /// Expected logits: ONNX Runtime on the same file, versions in `cases.json`.
    @Test func givesTheLogitsOfOnnxRuntime() throws {
        for vector in try OnnxFiles.cases() {
            let name = try vector.member("name").string()
            let model = try OnnxFiles.model(
                try OnnxFiles.network(name),
                axes: try vector.member("axes").string()
            )
            #expect(try Model(reading: model.bytes) == model)
            let features = try vector.member("features").elements(count: 1...10_000).map {
                Int16(try $0.integer(-32_768...32_767))
            }
            let found = try FloatNetwork(model).logits(
                features: features,
                frameCount: try vector.member("frameCount").integer(1...1000)
            )
            let expected = try vector.member("logits").elements(count: 3...3).map {
                try $0.real(-1e6...1e6)
            }
            for (found, expected) in zip(found, expected) {
                #expect(
                    abs(Double(found) - expected) <= 1e-4 * max(1, abs(expected)),
                    "\(name): \(found), expected \(expected)"
                )
            }
        }
    }

    @Test func foldsBatchNormalisationAndLeavesOutSoftmax() throws {
        let model = try OnnxFiles.model(try OnnxFiles.network("residual"))
        let names = model.manifest.graph.nodes.map(\.operation.name)
        #expect(
            names == [
                "conv2d", "conv2d", "add", "depthwiseConv2d", "maxPool2d", "averagePool2d",
                "concatenate", "globalMeanPool", "fullyConnected",
            ]
        )
        #expect(model.manifest.graph.layout == .image)
        #expect(model.manifest.precision == .float32)
        #expect(model.manifest.provenance.tool == "test")
    }

    /// Factors and offsets of channels go into weights where that changes nothing else: not where
    /// there are none, nor behind an activation, nor where the sum has another reader.
    @Test func scalesChannelsInWeightsOrByThemselves() throws {
        let names = try OnnxFiles.model(try OnnxFiles.network("scaled")).manifest.graph.nodes.map(
            \.operation.name
        )
        #expect(
            names == [
                "depthwiseConv2d", "conv2d", "depthwiseConv2d", "relu", "depthwiseConv2d", "add",
                "depthwiseConv2d", "depthwiseConv2d", "globalMeanPool", "fullyConnected",
            ]
        )
    }

    @Test(arguments: [
        "residual", "turned", "sequence", "torch-image", "torch-sequence", "scaled", "keras-image",
        "keras-rows", "keras-sequence",
    ])
    func importedNetworksCanBeQuantised(name: String) throws {
        let axes = name == "turned" ? "NTF" : nil
        let source = try OnnxFiles.model(try OnnxFiles.network(name), axes: axes)
        let clips = try OnnxFiles.cases().filter { try $0.member("name").string() == name }.map {
            CalibrationClip(
                name: name,
                features: try $0.member("features").elements(count: 1...10_000).map {
                    Int16(try $0.integer(-32_768...32_767))
                },
                frameCount: try $0.member("frameCount").integer(1...1000)
            )
        }
        var search = QuantizationSearch(
            source,
            fitting: clips,
            choosing: clips,
            choices: QuantizationChoices(ranges: .uniform(.minMax), equalization: false)
        )
        let result = try search.run(provenance: source.manifest.provenance) { _ in }
        // 8 bits through a few layers, as `QuantizationSearchTests`.
        #expect(try #require(result.winner.signalToNoise.decibel) > 20)
    }

    @Test func axesFollowFromTheExtents() throws {
        let network = try OnnxFiles.network("sequence")
        #expect(try OnnxFiles.model(network).manifest.graph.layout == .sequence)
        #expect(try OnnxFiles.model(network) == OnnxFiles.model(network, axes: "NCT"))
    }

    private func error(
        _ body: () throws -> Model
    ) -> ModelImportError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? ModelImportError
        }
    }

    @Test func refusesByNameWhatItDoesNotKnow() throws {
        // The name of an operator of one length for another, in the bytes of the file.
        let network = try OnnxFiles.network("residual")
        let strange = replacing("Clip", by: "Celu", in: network)
        guard case .node(let name, "Celu", let reason) = error({ try OnnxFiles.model(strange) })
        else {
            Issue.record("expected a refused node")
            return
        }
        #expect(name.hasPrefix("/Clip"))
        #expect(reason.contains("GlobalAveragePool"))
    }

    /// With time and frequency changed places, its mean is over frequency and leaves time.
    @Test func refusesMeansThatLeaveTime() throws {
        let turned = try OnnxFiles.network("turned")
        guard
            case .node(_, "ReduceMean", let reason) = error({
                try OnnxFiles.model(turned, axes: "NFT")
            })
        else {
            Issue.record("expected a refused mean")
            return
        }
        #expect(reason.contains("time"))
    }

    @Test func refusesWhatIsNoOnnx() throws {
        #expect(error { try OnnxFiles.model(Array("RIFF".utf8)) } == .notOnnx)
        #expect(error { try OnnxFiles.model([]) } == .notOnnx)
        let network = try OnnxFiles.network("residual")
        for length in stride(from: 0, to: network.count, by: 97) {
            #expect(error { try OnnxFiles.model(Array(network.prefix(length))) } != nil)
        }
    }

    @Test func refusesAxesThatDoNotFit() throws {
        let network = try OnnxFiles.network("residual")
        for axes in ["NCT", "NTCF", "CNTF", "NCTT", "NCTX"] {
            #expect(error { try OnnxFiles.model(network, axes: axes) } != nil, "\(axes)")
        }
        // [N, T, 10] could be rows of an image as well as a sequence: it is taken as the latter,
        // whose channels a convolution wants in the second place.
        let turned = try OnnxFiles.network("turned")
        guard case .node = error({ try OnnxFiles.model(turned) }) else {
            Issue.record("expected a refused node")
            return
        }
    }

    @Test func refusesDescriptionsThatBreakTheFormat() throws {
        let network = try OnnxFiles.network("residual")
        guard case .object(var members) = try OnnxFiles.description() else { return }
        members["labels"] = ["neutral", "happy"]
        guard
            case .rejected(let reason) = error({
                try OnnxFiles.model(network, description: .object(members))
            })
        else {
            Issue.record("expected a rejected result")
            return
        }
        #expect(reason.contains("2"))
        members["labels"] = "neutral"
        #expect(error { try OnnxFiles.model(network, description: .object(members)) } != nil)
    }

    private func replacing(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8] {
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        var bytes = bytes
        for start in bytes.indices.dropLast(old.count)
        where Array(bytes[start..<start + old.count]) == old {
            // The names of nodes begin with a slash and stay.
            if start > 0, bytes[start - 1] != UInt8(ascii: "/") {
                bytes.replaceSubrange(start..<start + old.count, with: new)
            }
        }
        return bytes
    }
}
