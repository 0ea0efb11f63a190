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
