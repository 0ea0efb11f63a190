import Glibc
import ModelStore
import ModelTrust
import SystemIntegration
import Testing

/// A file system in memory of a limited size, mounted over a folder; root alone may do that.
private final class SmallDisk {
    private let path: String
    /// Removes its folder, which must not be mounted any more then.
    private let fixture: StoreFixture

    init?(for fixture: StoreFixture, options: String) {
        path = fixture.state
        self.fixture = fixture
        let done = unsafe mount("tmpfs", path, "tmpfs", 0, options) == 0
        guard done else {
            print("absent: the right to mount, full and read-only disks are not tried")
            return nil
        }
    }

    func remount(_ options: String, readOnly: Bool = false) {
        let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
        #expect(unsafe mount("tmpfs", path, "tmpfs", flags, options) == 0)
    }

    deinit { _ = unsafe umount(path) }
}

@Suite struct FullDiskTests {
    private func isStorageTrouble(_ error: ModelRejection) -> Bool {
        switch error {
        case .noSpace, .storage(.call(_, _, ENOSPC)), .storage(.call(_, _, EROFS)): true
        default: false
        }
    }

    /// Room for one more file, for two more, and so on until the whole installation fits.
    @Test(arguments: ["nr_inodes", "size"])
    func anInstallationThatDoesNotFitChangesNothing(_ option: String) throws {
        let fixture = try StoreFixture()
        try fixture.fillFolders()
        guard let disk = SmallDisk(for: fixture, options: "size=16m") else { return }
        defer { withExtendedLifetime(disk) {} }
        let first = try fixture.commit(1, in: fixture.store())
        let before = try fixture.summary()
        var steps = 0
        for room in 1... {
            // Blocks of 4096 bytes, or files and folders, of which there are nine by now.
            disk.remount(option == "size" ? "size=\(4 * (room + 12))k" : "nr_inodes=\(room + 8)")
            let store = fixture.store()
            do {
                try fixture.install(2, in: store)
                break
            } catch let error as ModelRejection {
                #expect(isStorageTrouble(error), "\(error)")
                steps += 1
            }
            #expect(store.record.active == first)
            #expect(try fixture.summary() == before)
            #expect(fixture.leftovers() == [])
        }
        #expect(steps > 2)
        disk.remount("size=16m,nr_inodes=1000")
        #expect(try fixture.worksOn())
    }

    /// Fills the disk to the last byte: as much as fits, in smaller and smaller pieces.
    private func fill(_ folder: String) throws {
        var size = 256 << 10
        while size > 0 {
            let name = "\(folder)/filler\(size)"
            if (try? DurableFile.create(Array(repeating: 1, count: size), at: name)) == nil {
                try Directory.remove(name)
                size /= 2
            } else {
                size -= 1
            }
        }
    }

    /// A model that crashes must go, whatever else has filled the disk.
    @Test(arguments: [true, false])
    func aFullDiskStillTakesAModelBack(hasBallast: Bool) throws {
        let fixture = try StoreFixture()
        try fixture.fillFolders()
        guard let disk = SmallDisk(for: fixture, options: "size=256k") else { return }
        defer { withExtendedLifetime(disk) {} }
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        try fixture.testing(2, in: store)
        if !hasBallast { try Directory.remove("\(fixture.state)/emotion/ballast") }
        try fill(fixture.state)
        guard hasBallast else {
            // Without it, this is what would happen.
            let before = try fixture.summary()
            #expect(throws: ModelRejection.self) {
                try store.beginRun(boot: "a", monotonicMicroseconds: 1)
            }
            #expect(try fixture.summary() == before)
            #expect(fixture.leftovers() == [])
            return
        }
        var verdict: String?
        for microseconds in 1...3 {
            verdict = try fixture.store()
                .beginRun(boot: "a", monotonicMicroseconds: UInt64(microseconds))
        }
        #expect(verdict != nil)
        let last = fixture.store()
        let active = try #require(last.record.active)
        #expect(try last.rollBack(active, reason: "crashes", quarantine: true, at: 4) == first)
        let choice = fixture.store().choose(policy: fixture.policy(), packaged: [])
        #expect(choice.model?.digest.hexadecimal == first)
        #expect(throws: ModelRejection.self) { try fixture.install(3, in: fixture.store()) }
        disk.remount("size=16m")
        #expect(try fixture.worksOn())
        #expect(Directory.names(in: "\(fixture.state)/emotion").contains("ballast"))
    }

    @Test func aReadOnlyDiskIsReadAndEveryStepFails() throws {
        let fixture = try StoreFixture()
        try fixture.fillFolders()
        guard let disk = SmallDisk(for: fixture, options: "size=16m") else { return }
        defer { withExtendedLifetime(disk) {} }
        let store = fixture.store()
        let first = try fixture.commit(1, in: store)
        let second = try fixture.install(2, in: store)
        try store.activate(second, packaged: [], at: 2)
        _ = try store.stage(fixture.candidate(release: 3), packaged: [])
        let before = try fixture.summary()
        _ = try store.stage(fixture.candidate(release: 4), packaged: [])
        disk.remount("size=16m", readOnly: true)
        let next = fixture.store()
        // The leftover stays, which is told and harms nobody.
        #expect(next.trouble.count == 1)
        #expect(try fixture.summary() == before)
        try failures(of: next, active: second, other: first)
        #expect(throws: ModelRejection.self) { try fixture.install(5, in: next) }
        #expect(try fixture.summary() == before)
        disk.remount("size=16m")
        #expect(try fixture.worksOn())
    }

    /// Tries every step that writes.
    private func failures(of store: ModelStore, active: String, other: String) throws {
        let record = store.record
        func fails(_ body: () throws -> Void) {
            do {
                try body()
                Issue.record("a step succeeded that must not")
            } catch let error as ModelRejection {
                #expect(isStorageTrouble(error), "\(error)")
            } catch {
                Issue.record(error)
            }
            #expect(store.record == record)
        }
        fails { try store.commit(active, at: 3) }
        fails { try store.rollBack(active, reason: "r", quarantine: true, at: 3) }
        fails { try store.activate(other, packaged: [], at: 3) }
        fails { try store.count(active, utterances: 1, listeningSeconds: 1) }
        fails { _ = try store.beginRun(boot: "a", monotonicMicroseconds: 1) }
        let entry = HistoryEntry(
            .rejected,
            at: 1,
            digest: nil,
            subject: "m",
            // Longer than the rest of a block.
            reason: String(repeating: "x", count: 500)
        )
        for _ in 0..<9 { store.note(entry) }
        #expect(store.trouble.contains { $0.contains("history") })
    }
}
