import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import SystemIntegration
import TestSupport

/// A store in some state, and the steps that it is taken through next.
struct Scenario: CustomStringConvertible, Sendable {
    let name: String
    let prepare: @Sendable (StoreFixture, ModelStore) throws -> Void
    let steps: @Sendable (StoreFixture) throws -> [String]

    var description: String { name }

    init(
        _ name: String,
        prepare: @escaping @Sendable (StoreFixture, ModelStore) throws -> Void,
        steps: @escaping @Sendable (StoreFixture) throws -> [String]
    ) {
        self.name = name
        self.prepare = prepare
        self.steps = steps
    }

    static func digest(_ release: Int) throws -> String {
        try ModelDigest(of: StoreFixture.model(release: release).bytes).hexadecimal
    }

    /// Everything that a store does to the disk.
    static let all = [
        Scenario("the first model is installed, activated and committed") { _, _ in
        } steps: { _ in
            ["install=2", "activate=\(try digest(2))", "commit"]
        },
        Scenario("a second model is installed and activated") { fixture, store in
            try fixture.commit(1, in: store)
        } steps: { _ in
            ["install=2", "activate=\(try digest(2))"]
        },
        Scenario("a model is committed, and older ones are removed") { fixture, store in
            for release in 1...5 { try fixture.commit(release, in: store) }
            try fixture.testing(6, in: store)
        } steps: { _ in
            ["commit"]
        },
        Scenario("a model is installed, and an older one is removed") { fixture, store in
            for release in 1...4 { try fixture.commit(release, in: store) }
        } steps: { _ in
            ["install=5"]
        },
        Scenario("a model takes itself back") { fixture, store in
            try fixture.commit(1, in: store)
            try fixture.testing(2, in: store)
        } steps: { _ in
            ["quarantine", "install=2", "activate=\(try digest(2))"]
        },
        Scenario("a model is taken back by hand and taken up again") { fixture, store in
            try fixture.commit(1, in: store)
            try fixture.commit(2, in: store)
        } steps: { _ in
            [
                "rollback", "activate=\(try digest(2))", "rollback", "rollback", "packaged",
                "rollback",
            ]
        },
        Scenario("probation is counted") { fixture, store in
            try fixture.testing(2, in: store)
        } steps: { _ in
            ["begin=a", "count=7", "end", "begin=b", "begin=b"]
        },
        Scenario("a damaged model is repaired") { fixture, store in
            try fixture.commit(1, in: store)
            let digest = try fixture.commit(2, in: store)
            try DurableFile.write(
                Array("no model".utf8),
                to: "\(fixture.state)/emotion/models/\(digest)/model.affect"
            )
        } steps: { _ in
            ["install=2"]
        },
        Scenario("a damaged record is replaced") { fixture, store in
            try fixture.commit(1, in: store)
            try DurableFile.write([], to: "\(fixture.state)/emotion/record.json")
        } steps: { _ in
            ["install=2", "activate=\(try digest(2))"]
        },
        Scenario("leftovers are removed") { fixture, store in
            try fixture.commit(1, in: store)
            _ = try store.stage(fixture.candidate(release: 3), packaged: [])
            let folder = "\(fixture.state)/emotion"
            try DurableFile.write([1, 2, 3], to: "\(folder)/record.json.new")
            try DurableFile.write([1, 2, 3], to: "\(folder)/models/stray")
        } steps: { _ in
            ["install=3"]
        },
        Scenario("the history is cut") { fixture, store in
            try fixture.commit(1, in: store)
            for number in 0..<56 {
                store.note(
                    HistoryEntry(
                        .rejected,
                        at: UInt64(number),
                        digest: nil,
                        subject: "m",
                        reason: String(repeating: "x", count: 500)
                    )
                )
            }
        } steps: { _ in
            ["install=2"]
        },
    ]
}

extension StoreFixture {
    /// Installs a release and activates it.
    func testing(_ release: Int, in store: ModelStore) throws {
        let digest = try install(release, in: store)
        try store.activate(digest, packaged: packaged(), at: 2)
    }

    /// A packaged model, which is there whatever happens, and the files of the releases 1 to 9.
    func fillFolders() throws {
        try put(
            Self.model(release: 1, name: "packaged").bytes,
            signedBy: nil,
            in: "packaged"
        )
        for release in 1...9 {
            try put(Self.model(release: release).bytes, signedBy: key, name: "\(release)")
        }
    }

    /// Whether the store takes another model as if nothing had happened.
    func worksOn() throws -> Bool {
        let store = store()
        try testing(9, in: store)
        return self.store().choose(policy: policy(), packaged: []).model?.manifest.release == 9
    }

    /// What is in force, in one line.
    func summary() throws -> String {
        let store = store()
        let choice = store.choose(policy: policy(), packaged: packaged())
        let record = store.record
        let digest = choice.model?.digest.hexadecimal.prefix(8) ?? "none"
        let floors = record.floors.map { "\($0.name) \($0.release)" }
        let probation = record.probation.map {
            "\($0.utterances) \($0.boot ?? "-") \($0.isRunning) \($0.crashMicroseconds.count)"
        }
        return "\(choice.place) \(digest) \(choice.phase), floors \(floors), probation"
            + " \(probation ?? "none"), quarantine \(record.quarantine.map(\.reason)),"
            + " models \(record.models.count)"
    }

    /// What lies in the store although the record does not know it, once it has been opened; with a
    /// damaged record nothing is known, and everything stays.
    func leftovers() -> [String] {
        let store = store()
        guard store.trouble.isEmpty else { return [] }
        let folder = "\(state)/emotion"
        let files = ["ballast", "history.jsonl", "models", "record.json", "record.json.damaged"]
        let known = store.record.models.map(\.digest)
        return Directory.names(in: folder).filter { !files.contains($0) }
            + Directory.names(in: "\(folder)/models").filter { !known.contains($0) }
    }
}
