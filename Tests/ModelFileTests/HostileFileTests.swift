import ModelFile
import TestSupport
import Testing

/// A file from anywhere gives a model or an error, never a crash or a read out of bounds.
@Suite struct HostileFileTests {
    @Test func everyTruncationIsRejected() throws {
        let bytes = try SampleModel.int8().bytes
        let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        for count in 0..<(8 + length) {
            #expect(throws: ModelFileError.self) { try Model(reading: Array(bytes[0..<count])) }
        }
        for count in stride(from: 8 + length, to: bytes.count, by: 7) {
            #expect(throws: ModelFileError.self) { try Model(reading: Array(bytes[0..<count])) }
        }
    }

    @Test func bytesAfterTheEndAreRejected() throws {
        #expect(throws: ModelFileError.self) {
            try Model(reading: SampleModel.int8().bytes + [0])
        }
    }

    @Test func randomMutationsNeverCrash() throws {
        let good = try SampleModel.int8().bytes
        let length = good[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        var generator = SystemRandomNumberGenerator()
        var accepted = 0
        for round in 0..<4_000 {
            var bytes = good
            let range = round % 4 == 0 ? 0..<bytes.count : 0..<(8 + length)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: range, using: &generator)
                switch round % 3 {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &generator)
                default: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                }
            }
            if let model = try? Model(reading: bytes) {
                accepted += 1
                #expect(try Model(reading: model.bytes) == model)
            }
        }
        // Weights and free text may change without harm; most of the header may not.
        #expect(accepted < 2_000)
    }

    @Test(arguments: [0, 7, 8, 9, 1 << 20, Int(UInt32.max), Int.max])
    func headerLengthsAreChecked(length: Int) {
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        #expect(throws: ModelFileError.self) {
            try Model(reading: prefix + Array(repeating: 0x20, count: 200))
        }
    }
}
