import JSONText
import ModelDescription
import ModelFile
import TestSupport
import Testing

@Suite struct RoundTripTests {
    @Test func writtenModelReadsBackEqual() throws {
        let model = try SampleModel.int8()
        #expect(try Model(reading: model.bytes) == model)
        #expect(try Model(reading: model.bytes).bytes == model.bytes)
    }

    @Test func aModelMayBringItsSelfTest() throws {
        let model = try SampleModel.int8()
        func with(_ seeds: [Int32], _ logits: [[Int8]]) throws -> Model {
            try Model(
                manifest: model.manifest,
                frontEndTables: model.frontEndTables,
                tensors: model.tensors,
                selfTest: SelfTestVectors(seeds: seeds, logits: logits)
            )
        }
        let whole = try with([1, -2], [[1, 2, 3], [-128, 0, 127]])
        #expect(whole.selfTest?.logits[1] == [-128, 0, 127])
        #expect(try Model(reading: whole.bytes) == whole)
        #expect(whole.tensors == model.tensors)
        #expect(throws: ModelFileError.self) { try with([1], [[1, 2]]) }
        #expect(throws: ModelFileError.missingTensor("selfTest.logits")) {
            var tensors = model.tensors
            tensors["selfTest.seeds"] = Tensor(shape: [1], .int32([1]))
            _ = try Model(
                manifest: model.manifest,
                frontEndTables: model.frontEndTables,
                tensors: tensors
            )
        }
    }

    /// Hand-computed from the formula of ModelFormat.md, section 8.
    @Test func theSoundOfASeedIsTheSameEverywhere() throws {
        let sound = SelfTestVectors.sound(0, for: try SampleModel.int8().manifest)
        // 40 frames of 256 samples every 128.
        #expect(sound.count == 256 + 39 * 128)
        // x = 1013904223: x >> 16 is 15470; (15470 − 32768) · 4001 / 4096 = −16896.8…
        #expect(sound[0] == -16_896)
        // x = 1196435762: x >> 16 is 18256; (18256 − 32768) · 4000 / 4096 = −14171.8…
        #expect(sound[1] == -14_171)
        #expect(sound.allSatisfy { abs(Int($0)) <= 32_008 })
    }

    @Test func containerIsAlignedAndWithoutHoles() throws {
        let bytes = try SampleModel.int8().bytes
        let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect((8 + length) % 64 == 0)
        guard case .object(let header) = try JSONReader.read(Array(bytes[8..<8 + length])) else {
            Issue.record("the header is no object")
            return
        }
        var ranges: [(begin: Int, end: Int)] = []
        for member in header.members where member.key != "__metadata__" {
            let offsets = try JSONCursor(member.value).member("data_offsets").elements(count: 2...2)
            let begin = try offsets[0].integer(0...bytes.count)
            ranges.append((begin, try offsets[1].integer(0...bytes.count)))
            #expect(begin % 64 == 0 || member.key.hasPrefix("padding."))
        }
        ranges.sort { $0.begin < $1.begin }
        var position = 0
        for range in ranges {
            #expect(range.begin == position)
            position = range.end
        }
        #expect(8 + length + position == bytes.count)
    }
}
