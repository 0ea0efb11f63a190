import DaemonCore
import ServiceTestSupport
import SystemIntegration
import Testing

@Suite struct MuteStoreTests {
    @Test func keepsWhatItIsTold() throws {
        let directory = try TemporaryDirectory()
        let store = MuteStore(folder: directory.path)
        #expect(store.load() == .no)
        try store.save(.yes(remainingMicroseconds: nil))
        #expect(store.load() == .yes(remainingMicroseconds: nil))
        try store.save(.no)
        try store.save(.no)
        #expect(store.load() == .no)
    }

    /// At 1000 a mute of 500 is kept; the clock of the board says these times after the restart.
    @Test(
        arguments: [
            (1000, 500), (1400, 100), (1500, 0), (9999, 0),
            // The clock was set back: never longer than was asked for.
            (3, 500),
        ] as [(UInt64, UInt64)]
    )
    func countsTheRestOfATimeByTheWallClock(now: UInt64, rest: UInt64) throws {
        let directory = try TemporaryDirectory()
        let store = MuteStore(folder: directory.path)
        try store.save(.yes(remainingMicroseconds: 500), wallClockMicroseconds: 1000)
        #expect(
            store.load(wallClockMicroseconds: now)
                == (rest == 0 ? .no : .yes(remainingMicroseconds: rest))
        )
    }

    @Test(arguments: ["", "{", "[]", "{\"untilWallClockMicroseconds\":-1}", "\u{0}"])
    func staysMutedWhenTheFileIsDamaged(text: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array(text.utf8), to: "mute.json")
        let store = MuteStore(folder: directory.path)
        #expect(store.load() == .yes(remainingMicroseconds: nil))
    }

    @Test func saysThatThereIsNoPlaceToKeepIt() {
        #expect(throws: SystemIntegrationError.noStateFolder) {
            try MuteStore(folder: nil).save(.yes(remainingMicroseconds: nil))
        }
        #expect(MuteStore(folder: nil).load() == .no)
    }
}
