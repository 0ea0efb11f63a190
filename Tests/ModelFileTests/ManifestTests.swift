import JSONText
import ModelDescription
import ModelFile
import TestSupport
import Testing

@Suite struct ManifestTests {
    /// Decodes the sample's manifest after one member was replaced or removed.
    private func decode(
        _ path: [String],
        _ value: JSONValue?
    ) throws -> ModelManifest {
        let json = try SampleModel.int8().manifest.json
        return try ModelManifest(decoding: JSONCursor(json.replacing(path[...], with: value)))
    }

    @Test func manifestReadsBackEqual() throws {
        let manifest = try SampleModel.int8().manifest
        #expect(try ModelManifest(decoding: JSONCursor(manifest.json)) == manifest)
    }

    @Test(arguments: [
        "formatVersion", "minimumEngine", "name", "release", "version", "task", "precision",
        "labels", "frontEnd", "graph", "decision", "provenance",
    ])
    func everyMemberIsRequired(member: String) {
        #expect(throws: JSONError.missing(path: member)) { try decode([member], nil) }
    }

    @Test func unknownMembersAreNamed() {
        #expect(throws: JSONError.self) { try decode(["extra"], 1) }
        #expect(throws: JSONError.self) { try decode(["frontEnd", "cepstralCount"], 8) }
        #expect(throws: JSONError.self) { try decode(["decision", "hop"], 8) }
    }

    @Test func valuesOutsideTheirRangeAreNamed() {
        #expect(
            throws: JSONError.unexpected(
                path: "decision.windowFrames",
                expected: "an integer 8 … 1024",
                found: "2000"
            )
        ) { try decode(["decision", "windowFrames"], 2000) }
        #expect(throws: JSONError.self) { try decode(["name"], "Upper") }
        #expect(throws: JSONError.self) { try decode(["labels"], ["calm", "calm"]) }
        #expect(throws: JSONError.self) { try decode(["labels"], ["calm"]) }
        #expect(throws: JSONError.self) { try decode(["release"], 0) }
        #expect(throws: JSONError.self) { try decode(["release"], .real(1.5)) }
        #expect(throws: JSONError.self) { try decode(["frontEnd", "fftLength"], 300) }
        #expect(throws: JSONError.self) { try decode(["frontEnd", "highFrequency"], 10) }
        #expect(throws: JSONError.self) { try decode(["graph", "output"], "conv") }
    }

    @Test func reshapeIsReadAndItsRangeIsNamed() throws {
        var manifest = try SampleModel.int8().manifest
        manifest.graph.nodes[3].operation = .reshape(frequency: 48)
        #expect(try ModelManifest(decoding: JSONCursor(manifest.json)) == manifest)
        for frequency in [0, 4097] {
            manifest.graph.nodes[3].operation = .reshape(frequency: frequency)
            #expect(
                throws: JSONError.unexpected(
                    path: "graph.nodes[3].frequency",
                    expected: "an integer 1 … 4096",
                    found: "\(frequency)"
                )
            ) { try ModelManifest(decoding: JSONCursor(manifest.json)) }
        }
    }

    @Test(arguments: [80, 500, 2048])
    func aModelMayRememberTheVoice(frames: Int) throws {
        let manifest = try SampleModel.remembering(frames).manifest
        let read = try ModelManifest(decoding: JSONCursor(manifest.json))
        #expect(read == manifest && read.decision.voiceMemoryFrames == frames)
    }

    /// Files of models without memory are the bytes that they were before there was any.
    @Test func noMemoryIsNotWritten() throws {
        #expect(try !SampleModel.int8().manifest.json.text.contains("voiceMemoryFrames"))
        let zero = try decode(["decision", "voiceMemoryFrames"], 0)
        #expect(try zero == SampleModel.int8().manifest)
    }

    @Test func aMemoryThatCannotWorkIsRefused() throws {
        func refuses(_ expected: String, _ change: (inout ModelManifest) -> Void) throws {
            var manifest = try SampleModel.remembering(80).manifest
            change(&manifest)
            #expect(
                throws: JSONError.unexpected(
                    path: "decision.voiceMemoryFrames",
                    expected: expected,
                    found: "\(manifest.decision.voiceMemoryFrames)"
                )
            ) { try ModelManifest(decoding: JSONCursor(manifest.json)) }
        }
        let shorter = "0, or an integer 80 … 2048: no less than `maximumUtteranceFrames`"
        try refuses(shorter) { $0.decision.voiceMemoryFrames = 79 }
        try refuses("an integer 0 … 2048") { $0.decision.voiceMemoryFrames = 2049 }
        try refuses("0 where `frontEnd.normalization` is `none`") {
            $0.frontEnd.normalization = .none
        }
        try refuses("0 in a model for the task speech") {
            $0.task = .speech
            $0.labels = ["silence", "speech"]
        }
        #expect(throws: JSONError.self) { try decode(["decision", "voiceMemoryFrames"], -1) }
    }

    @Test func aNewerEngineIsAskedForByNumber() throws {
        var manifest = try SampleModel.int8().manifest
        manifest.minimumEngine = 99
        let model = try SampleModel.int8()
        #expect(throws: ModelFileError.engineTooOld(needed: 99, present: 1)) {
            try Model(
                manifest: manifest,
                frontEndTables: model.frontEndTables,
                tensors: model.tensors
            )
        }
    }
}

extension JSONValue {
    fileprivate func replacing(
        _ path: ArraySlice<String>,
        with value: JSONValue?
    ) -> JSONValue {
        guard case .object(var object) = self, let key = path.first else { return self }
        object[key] =
            path.count == 1 ? value : object[key]?.replacing(path.dropFirst(), with: value)
        return .object(object)
    }
}
