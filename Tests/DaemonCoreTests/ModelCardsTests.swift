import DaemonCore
import Glibc
import JSONText
import ModelFile
import ModelStore
import ModelTrust
import ServiceTestSupport
import SystemIntegration
import Testing
import Varlink

@Suite struct ModelCardsTests {
    /// A signed file, what reads it, and how often that was called.
    private final class Reader {
        let bed: ModelBed
        let path: String
        var count = 0
        var cards = ModelCards()

        init() throws {
            bed = try ModelBed()
            path = "\(bed.folder)/m.affect"
            try put(release: 2)
        }

        deinit { bed.remove() }

        func put(release: Int) throws {
            let bytes = try ModelBed.model(release: release).bytes
            let text = try bed.key.sign(bytes, trustedComment: "test")
            try DurableFile.write(Array(text.utf8), to: "\(path).minisig")
            try DurableFile.write(bytes, to: path)
        }

        @discardableResult
        func ask() throws -> ModelCards.Card {
            try cards.card(of: path) { () throws(ModelRejection) in
                count += 1
                return try VerifiedModel(reading: path, policy: bed.manager.policy)
            }
        }
    }

    @Test func aFileIsReadOnceForAsLongAsItIsTheSame() throws {
        let reader = try Reader()
        for _ in 0..<100 { try reader.ask() }
        #expect(reader.count == 1)
        try reader.put(release: 3)
        for _ in 0..<100 { try reader.ask() }
        #expect(reader.count == 2)
    }

    @Test func whatIsWrongWithAFileIsFoundOnce() throws {
        let reader = try Reader()
        try reader.ask()
        try Directory.remove("\(reader.path).minisig")
        for _ in 0..<100 { #expect(throws: ModelRejection.self) { try reader.ask() } }
        #expect(reader.count == 2)
        try reader.put(release: 2)
        try reader.ask()
        #expect(reader.count == 3)
    }

    /// A listing for whoever may read: the second one reads no model.
    @Test func aSecondListingReadsNoModel() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        let large = try ModelBed.slow(release: 1).bytes
        try DurableFile.write(large, to: "\(bed.folder)/packaged/slow.affect")
        try bed.install(ModelBed.model(release: 2))
        try bed.install(ModelBed.model(release: 3))
        let first = try bytesRead { try bed.list() }
        let second = try bytesRead { try bed.list() }
        #expect(first.value.map(\.note) == [nil, nil, "packaged", "packaged"])
        #expect(second.value == first.value)
        #expect(first.bytes > large.count)
        #expect(second.bytes < large.count / 2)
    }

    /// What this thread has read from files and sockets meanwhile.
    private func bytesRead<Value>(
        _ body: () throws -> Value
    ) throws -> (value: Value, bytes: Int) {
        func count() throws -> Int {
            let text = try FileDescriptor.contents(ofFile: "/proc/thread-self/io", limit: 4096)
            let line = String(decoding: text, as: UTF8.self).split(separator: "\n")[0]
            return try #require(line.split(separator: " ").last.flatMap { Int($0) })
        }
        let before = try count()
        let value = try body()
        return (value, try count() - before)
    }
}
