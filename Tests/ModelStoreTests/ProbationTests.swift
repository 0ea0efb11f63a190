import ModelStore
import Testing

@Suite struct ProbationTests {
    private static let minute: UInt64 = 60_000_000

    /// A store whose active model is on probation, and the fixture that holds its folder.
    private func testing() throws -> (StoreFixture, String) {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let digest = try fixture.install(1, in: store)
        try store.activate(digest, packaged: [], at: 1)
        return (fixture, digest)
    }

    @Test func twoCrashesWithinTenMinutesOfOneBootAreTooMany() throws {
        let (fixture, _) = try testing()
        // Every run begins with what the disk knows.
        #expect(
            try fixture.store().beginRun(boot: "a", monotonicMicroseconds: 1 * Self.minute)
                == nil
        )
        #expect(
            try fixture.store().beginRun(boot: "a", monotonicMicroseconds: 2 * Self.minute)
                == nil
        )
        #expect(
            try fixture.store().beginRun(boot: "a", monotonicMicroseconds: 11 * Self.minute)
                == "affectd ended by itself 2 times within 600 seconds"
        )
    }

    @Test func crashesFarApartAreNot() throws {
        let (fixture, _) = try testing()
        for minute in stride(from: UInt64(1), through: 111, by: 11) {
            #expect(
                try fixture.store()
                    .beginRun(boot: "a", monotonicMicroseconds: minute * Self.minute) == nil
            )
        }
    }

    @Test func powerCutsAndRestartsAreNoCrashes() throws {
        let (fixture, _) = try testing()
        for boot in ["a", "b", "c", "d"] {
            let store = fixture.store()
            #expect(
                try store.beginRun(boot: boot, monotonicMicroseconds: Self.minute) == nil
            )
        }
        for minute in 2...9 {
            let store = fixture.store()
            try store.endRun()
            #expect(
                try store.beginRun(
                    boot: "d",
                    monotonicMicroseconds: UInt64(minute) * Self.minute
                ) == nil
            )
        }
    }

    /// The clock of a boot begins anew: a crash of the boot before says nothing about this one.
    @Test func crashesOfTwoBootsAreNotAddedUp() throws {
        let (fixture, _) = try testing()
        for (boot, minute) in [("a", 1), ("a", 2), ("b", 3), ("b", 4)] as [(String, UInt64)] {
            #expect(
                try fixture.store()
                    .beginRun(boot: boot, monotonicMicroseconds: minute * Self.minute) == nil
            )
        }
    }

    @Test func countersSurviveARestart() throws {
        let (fixture, digest) = try testing()
        try fixture.store().count(digest, utterances: 12, listeningSeconds: 340)
        let probation = fixture.store().record.probation
        #expect(probation?.utterances == 12)
        #expect(probation?.listeningSeconds == 340)
        try fixture.store().commit(digest, at: 2)
        #expect(fixture.store().record.probation == nil)
    }

    /// Counts that come late, after another model has taken the place, say nothing of it.
    @Test func countsOfAnotherModelAreNotKept() throws {
        let (fixture, first) = try testing()
        let store = fixture.store()
        try fixture.testing(2, in: store)
        try store.count(first, utterances: 12, listeningSeconds: 340)
        #expect(fixture.store().record.probation?.utterances == 0)
    }

    @Test func aCommittedModelIsNotCounted() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        try fixture.commit(1, in: store)
        let before = store.record
        for minute in 1...5 {
            #expect(
                try store.beginRun(
                    boot: "a",
                    monotonicMicroseconds: UInt64(minute) * Self.minute
                ) == nil
            )
        }
        #expect(store.record == before)
    }
}
