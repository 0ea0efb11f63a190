import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import SystemIntegration
import Testing

@Suite struct ModelStoreTests {
    @Test func anEmptyStoreLeavesThePackagedModel() throws {
        let fixture = try StoreFixture()
        try fixture.put(
            StoreFixture.model(release: 1).bytes,
            signedBy: nil,
            in: "packaged"
        )
        let choice = fixture.store().choose(
            policy: fixture.policy(),
            packaged: fixture.packaged()
        )
        #expect(choice.place == .packaged)
        #expect(choice.model?.trust == .place)
        #expect(choice.reasons.isEmpty)
        // Reading writes nothing.
        #expect(Directory.names(in: fixture.state).isEmpty)
    }

    @Test func withoutAnyModelThereIsNone() throws {
        let fixture = try StoreFixture()
        let choice = fixture.store().choose(policy: fixture.policy(), packaged: [])
        #expect(choice.place == .none)
        #expect(choice.model == nil)
    }

    @Test func aModelGoesThroughItsWholeLife() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        let second = try fixture.install(2, in: store)
        #expect(store.record.active == first)
        try store.activate(second, packaged: [], at: 5)
        #expect(store.record.active == second)
        #expect(store.record.previous == first)
        #expect(store.record.phase == .testing)
        #expect(store.record.floors.map(\.release) == [1])
        try store.commit(second, at: 6)
        #expect(store.record.phase == .committed)
        #expect(store.record.floors.map(\.release) == [2])
        #expect(try store.rollBack(second, reason: "by hand", quarantine: false, at: 7) == first)
        #expect(store.record.previous == second)
        #expect(
            store.entries.map(\.change) == [
                .installed, .activated, .committed, .installed, .activated, .committed,
                .rolledBack,
            ]
        )
        // The next run knows all that.
        let next = fixture.store()
        #expect(next.record == store.record)
        #expect(next.trouble.isEmpty)
        let choice = next.choose(policy: fixture.policy(), packaged: [])
        #expect(choice.place == .active)
        #expect(choice.model?.digest.hexadecimal == first)
        #expect(choice.phase == .committed)
    }

    @Test func theFloorMovesOnlyOnCommit() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        try fixture.commit(3, in: store)
        let five = try fixture.install(5, in: store)
        try store.activate(five, packaged: [], at: 4)
        // 5 has not served: 4 is still above the floor.
        try fixture.install(4, in: store)
        #expect(throws: ModelRejection.downgrade(name: "sample", release: 2, floor: 3)) {
            try fixture.install(2, in: store)
        }
        try store.commit(five, at: 5)
        #expect(throws: ModelRejection.downgrade(name: "sample", release: 4, floor: 5)) {
            try fixture.install(4, in: store)
        }
        // On request, and the floor stays.
        let four = try fixture.install(4, in: store, allowDowngrade: true)
        #expect(throws: ModelRejection.downgrade(name: "sample", release: 4, floor: 5)) {
            try store.activate(four, packaged: [], at: 6)
        }
        try store.activate(four, packaged: [], allowDowngrade: true, at: 6)
        try store.commit(four, at: 7)
        #expect(store.record.floors.map(\.release) == [5])
    }

    @Test func thePackagedReleaseIsAFloorToo() throws {
        let fixture = try StoreFixture()
        try fixture.put(StoreFixture.model(release: 7).bytes, signedBy: nil, in: "packaged")
        #expect(throws: ModelRejection.downgrade(name: "sample", release: 7, floor: 7)) {
            try fixture.install(7, in: fixture.store())
        }
        try fixture.install(8, in: fixture.store())
    }

    @Test func aPackagedModelNeverDisplacesACommittedOne() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.commit(3, in: fixture.store())
        try fixture.put(StoreFixture.model(release: 9).bytes, signedBy: nil, in: "packaged")
        let choice = fixture.store().choose(
            policy: fixture.policy(),
            packaged: fixture.packaged()
        )
        #expect(choice.place == .active)
        #expect(choice.model?.digest.hexadecimal == digest)
        #expect(
            choice.reasons == [
                "the packaged sample release 9 does not displace the installed release 3"
            ]
        )
    }

    @Test func aRollbackByItselfQuarantines() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        let second = try fixture.install(2, in: store)
        try store.activate(second, packaged: [], at: 5)
        try store.rollBack(second, reason: "too slow", quarantine: true, at: 6)
        #expect(store.record.active == first)
        #expect(store.record.previous == nil)
        let refusal = ModelRejection.quarantined(digest: second, reason: "too slow")
        #expect(throws: refusal) { try fixture.install(2, in: store) }
        #expect(throws: refusal) { try store.activate(second, packaged: [], at: 7) }
        try fixture.install(2, in: store, retry: true)
        #expect(store.record.quarantine.isEmpty)
        try store.activate(second, packaged: [], at: 8)
    }

    @Test func aSecondModelOnProbationKeepsTheCommittedOneAsTheWayBack() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        for release in 2...3 {
            let digest = try fixture.install(release, in: store)
            try store.activate(digest, packaged: [], at: 5)
            #expect(store.record.previous == first)
        }
        // Activating the way back is going back.
        try store.activate(first, packaged: [], at: 6)
        #expect(store.record.active == first)
        #expect(store.record.phase == .committed)
    }

    @Test func theWayBackFromTheFirstModelIsThePackagedOne() throws {
        let fixture = try StoreFixture()
        try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: nil, in: "packaged")
        let store = fixture.store()
        let digest = try fixture.commit(2, in: store)
        #expect(try store.rollBack(digest, reason: "by hand", quarantine: false, at: 4) == nil)
        let choice = store.choose(policy: fixture.policy(), packaged: fixture.packaged())
        #expect(choice.place == .packaged)
        // The model that was left is kept in reserve.
        #expect(store.choose(policy: fixture.policy(), packaged: []).place == .previous)
    }

    @Test func theWayBackFromThePackagedModelIsTheOneThatWasLeftForIt() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        #expect(throws: ModelRejection.nothingBefore) {
            try store.rollBack(nil, reason: "by hand", quarantine: false, at: 1)
        }
        let digest = try fixture.commit(2, in: store)
        try store.rollBack(digest, reason: "by hand", quarantine: false, at: 4)
        #expect(try store.rollBack(nil, reason: "by hand", quarantine: false, at: 5) == digest)
        #expect(store.record.phase == .committed)
        #expect(store.record.previous == nil)
        #expect(store.entries.last?.subject == "the packaged model")
        // And again, as between two that are installed.
        #expect(try store.rollBack(digest, reason: "by hand", quarantine: false, at: 6) == nil)
        #expect(store.record.previous == digest)
        // It is meant for the packaged model, and not for whatever has taken its place meanwhile.
        try store.rollBack(nil, reason: "by hand", quarantine: false, at: 7)
        #expect(throws: ModelRejection.self) {
            try store.rollBack(nil, reason: "by hand", quarantine: false, at: 8)
        }
    }

    @Test func aModelThatWasLeftIsTakenUpAgain() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        let second = try fixture.commit(2, in: store)
        try store.rollBack(second, reason: "by hand", quarantine: false, at: 4)
        // It is no downgrade, although its own commit has raised the floor to it.
        try store.activate(second, packaged: [], at: 5)
        #expect(store.record.active == second)
        #expect(store.record.previous == first)
        #expect(store.record.phase == .testing)
    }

    @Test func thePackagedModelIsTakenUpByHand() throws {
        let fixture = try StoreFixture()
        try fixture.put(StoreFixture.model(release: 9).bytes, signedBy: nil, in: "packaged")
        let store = fixture.store()
        try store.activatePackaged(at: 1)
        #expect(store.entries.isEmpty)
        let digest = try fixture.install(10, in: store)
        try store.activate(digest, packaged: fixture.packaged(), at: 2)
        try store.commit(digest, at: 3)
        try store.activatePackaged(at: 4)
        #expect(store.record.active == nil)
        #expect(store.record.previous == digest)
        #expect(store.record.floors.map(\.release) == [10])
        let choice = fixture.store().choose(
            policy: fixture.policy(),
            packaged: fixture.packaged()
        )
        #expect(choice.place == .packaged)
        // It is used where it lies: a copy would have no place to be trusted for.
        #expect(throws: ModelRejection.self) {
            try store.stage(fixture.packaged()[0], packaged: [], allowDowngrade: true)
        }
    }

    @Test func transitionsNameTheModelThatTheyMean() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        let second = try fixture.install(2, in: store)
        #expect(throws: ModelRejection.self) { try store.commit(first, at: 4) }
        #expect(throws: ModelRejection.self) { try store.commit(second, at: 4) }
        #expect(throws: ModelRejection.self) {
            try store.rollBack(second, reason: "", quarantine: false, at: 4)
        }
        #expect(throws: ModelRejection.notInstalled(digest: "none")) {
            try store.activate("none", packaged: [], at: 4)
        }
        #expect(store.record.active == first)
    }

    @Test func aModelForAnotherTaskIsRefused() throws {
        let fixture = try StoreFixture()
        let store = ModelStore(root: fixture.state, task: .speech)
        #expect(throws: ModelRejection.self) {
            try store.stage(fixture.candidate(release: 1), packaged: [])
        }
        #expect(Directory.names(in: fixture.state).isEmpty)
    }

    @Test func aFailedSelfTestLeavesNothing() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let digest = try fixture.commit(1, in: store)
        let before = store.record
        let staged = try store.stage(fixture.candidate(release: 2), packaged: [])
        #expect(
            try VerifiedModel(reading: staged.path, policy: fixture.policy()).manifest.release == 2
        )
        store.discard(staged)
        #expect(store.record == before)
        #expect(Directory.names(in: "\(fixture.state)/emotion/models") == [digest])
    }

    @Test func fewModelsStay() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        var digests: [String] = []
        for release in 1...8 { digests.append(try fixture.commit(release, in: store)) }
        // The active one, the previous one, and two more.
        #expect(store.record.models.map(\.digest) == Array(digests.suffix(4)))
        #expect(
            Directory.names(in: "\(fixture.state)/emotion/models")
                == digests.suffix(4).sorted()
        )
    }

    @Test func theHistoryStaysSmall() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        for number in 1...500 {
            store.note(
                HistoryEntry(
                    .rejected,
                    at: UInt64(number),
                    digest: nil,
                    subject: "m.affect",
                    reason: String(repeating: "x", count: 1000)
                )
            )
        }
        let entries = fixture.store().entries
        #expect(entries.last?.wallClockMicroseconds == 500)
        #expect(entries.count > 20)
        let times = entries.map(\.wallClockMicroseconds)
        #expect(times == Array((501 - UInt64(entries.count))...500))
        let size = try FileStatus(of: "\(fixture.state)/emotion/history.jsonl").size
        #expect(size <= 32 << 10)
    }

    @Test func aDamagedModelIsNotRunAndIsRepairedByInstallingItAgain() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        let second = try fixture.commit(2, in: store)
        let path = "\(fixture.state)/emotion/models/\(second)/model.affect"
        var bytes = try FileDescriptor.contents(ofFile: path, limit: 1 << 20)
        bytes[bytes.count - 1] ^= 1
        try DurableFile.write(bytes, to: path)
        let choice = fixture.store().choose(policy: fixture.policy(), packaged: [])
        #expect(choice.place == .previous)
        #expect(choice.model?.digest.hexadecimal == first)
        #expect(choice.reasons.count == 1)
        try fixture.install(2, in: store)
        #expect(
            fixture.store().choose(policy: fixture.policy(), packaged: []).place == .active
        )
        #expect(Directory.names(in: "\(fixture.state)/emotion/models") == [first, second].sorted())
    }

    @Test func aDamagedRecordIsSetAsideAndNothingIsRemovedForIt() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.commit(1, in: fixture.store())
        try DurableFile.write(Array("{".utf8), to: "\(fixture.state)/emotion/record.json")
        let store = fixture.store()
        #expect(store.trouble.count == 1)
        #expect(store.choose(policy: fixture.policy(), packaged: []).place == .none)
        #expect(Directory.names(in: "\(fixture.state)/emotion/models") == [digest])
        try fixture.install(1, in: store)
        #expect(store.trouble.isEmpty)
        #expect(
            Directory.names(in: "\(fixture.state)/emotion") == [
                "ballast", "history.jsonl", "models", "record.json", "record.json.damaged",
            ]
        )
    }
}
