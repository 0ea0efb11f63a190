import ModelFile
import ModelStore
import ModelTrust
import ServiceTestSupport
import SystemIntegration
import TestSupport
import Testing

/// Ten thousand damaged files, the same ones each time.
@Suite struct DamageTests {
    /// SplitMix64.
    private struct Noise: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }

        /// A changed byte, a changed bit, a lost or doubled stretch, or a cut; never the same file.
        mutating func damaged(_ original: [UInt8]) -> [UInt8] {
            var bytes = original
            while bytes == original {
                let place = Int.random(in: 0..<bytes.count, using: &self)
                let end = Int.random(in: place...min(bytes.count, place + 64), using: &self)
                switch Int.random(in: 0..<5, using: &self) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
                case 2: bytes.removeSubrange(place..<end)
                case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
                default: bytes.removeSubrange(place...)
                }
            }
            return bytes
        }
    }

    /// Writes without waiting for the disk.
    private func write(_ bytes: [UInt8], to path: String) throws {
        Directory.removeFile(path)
        try DurableFile.create(bytes, at: path)
    }

    @Test func noDamagedFileIsAccepted() throws {
        let fixture = try StoreFixture()
        var noise = Noise(seed: 6)
        let bytes = try StoreFixture.model(release: 1).bytes
        let path = try fixture.put(bytes, signedBy: fixture.key)
        let policy = fixture.policy()
        for _ in 0..<Effort.cases(10_000) {
            try write(noise.damaged(bytes), to: path)
            #expect(throws: ModelRejection.self) {
                try VerifiedModel(reading: path, policy: policy)
            }
        }
        try write(bytes, to: path)
        _ = try VerifiedModel(reading: path, policy: policy)
    }

    /// What was accepted and is damaged later is not run either: neither the model nor its signature.
    @Test func noDamagedFileOfTheStoreIsRun() throws {
        let fixture = try StoreFixture()
        var noise = Noise(seed: 7)
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        let second = try fixture.commit(2, in: store)
        let path = "\(fixture.state)/emotion/models/\(second)/model.affect"
        let policy = fixture.policy()
        let bytes = try FileDescriptor.contents(ofFile: path, limit: 1 << 20)
        for _ in 0..<Effort.cases(2000) {
            try write(noise.damaged(bytes), to: path)
            let choice = store.choose(policy: policy, packaged: [])
            #expect(choice.model?.digest.hexadecimal == first)
        }
        try write(bytes, to: path)
        #expect(store.choose(policy: policy, packaged: []).place == .active)
    }

    /// A damaged signature, of which only the comment in front is not covered, verifies nothing.
    @Test func noDamagedSignatureIsAccepted() throws {
        let fixture = try StoreFixture()
        var noise = Noise(seed: 8)
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: fixture.key)
        let policy = fixture.policy()
        let text = try FileDescriptor.contents(ofFile: "\(path).minisig", limit: 4096)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        for _ in 0..<Effort.cases(2000) {
            let index = Int.random(in: 1..<4, using: &noise)
            var changed = lines.map { Array($0.utf8) }
            changed[index] = noise.damaged(changed[index])
            try write(Array(changed.joined(separator: [10])), to: "\(path).minisig")
            #expect(throws: ModelRejection.self) {
                try VerifiedModel(reading: path, policy: policy)
            }
        }
    }

    /// Signed by somebody who is trusted and careless: accepted only as a model that holds all rules.
    @Test func aDamagedFileWithAGoodSignatureIsHeldToTheFormat() throws {
        let fixture = try StoreFixture()
        var noise = Noise(seed: 9)
        let bytes = try StoreFixture.model(release: 1).bytes
        let policy = fixture.policy()
        var accepted = 0
        for _ in 0..<Effort.cases(500) {
            let damaged = noise.damaged(bytes)
            let path = try fixture.put(damaged, signedBy: fixture.key)
            let model = try? VerifiedModel(reading: path, policy: policy)
            #expect((model == nil) == ((try? Model(reading: damaged)) == nil))
            if model != nil { accepted += 1 }
        }
        // Most of the file is weights, of which any value is as good as another.
        #expect(accepted < Effort.cases(500) * 4 / 5)
    }

    /// No damage to the record lets anything run that was not committed or put on probation.
    @Test func aDamagedRecordNeverLeadsToAnUnverifiedModel() throws {
        let fixture = try StoreFixture()
        var noise = Noise(seed: 10)
        let store = fixture.store()
        let digests = [try fixture.commit(1, in: store), try fixture.commit(2, in: store)]
        let path = "\(fixture.state)/emotion/record.json"
        let bytes = try FileDescriptor.contents(ofFile: path, limit: 1 << 20)
        let models = "\(fixture.state)/emotion/models"
        let policy = fixture.policy()
        for _ in 0..<Effort.cases(1000) where Directory.names(in: models).count == 2 {
            try write(noise.damaged(bytes), to: path)
            let choice = fixture.store().choose(policy: policy, packaged: [])
            if let model = choice.model { #expect(digests.contains(model.digest.hexadecimal)) }
        }
    }
}
