import ServiceTestSupport
import Testing

/// The file system of the crash tests finds what a careless program would lose.
@Suite struct DiskStateTests {
    /// States of the file `a` after the calls: its text, `nil` where there is none.
    private func states(_ calls: [String]) throws -> Set<String?> {
        let directory = try TemporaryDirectory()
        try directory.write(Array("old".utf8), to: "a")
        let lines = calls.map { $0.split(separator: " ", omittingEmptySubsequences: false) }
        let parsed = lines.map { words in
            let data = words.count > 2 ? words[2].utf8.map { String($0, radix: 16) }.joined() : ""
            let newPath = words[0] == "rename" ? "\(directory.path)/\(words[2])" : ""
            let path = "\(directory.path)\(words[1].isEmpty ? "" : "/")\(words[1])"
            return "\(words[0])\t1\t\(path)\t\(newPath)\t0\t\(data)"
        }
        let disk = try DiskState(
            folder: directory.path,
            calls: parsed.compactMap { DiskCall(line: $0[...]) }
        )
        #expect(disk.objection == nil)
        var found: Set<String?> = []
        disk.forEachState { _, files in
            found.insert(files["/a"]?.map { String(decoding: $0, as: UTF8.self) })
        }
        return found
    }

    @Test func aFileThatIsReplacedWithCareIsOldOrNew() throws {
        #expect(
            try states(["open b", "write b new", "fsync b", "rename b a", "fsync "])
                == ["old", "new"]
        )
    }

    @Test func withoutSynchronizingTheFileItMayBeEmptyTornOrZeros() throws {
        #expect(
            try states(["open b", "write b new", "rename b a", "fsync "])
                == ["old", "new", "", "n", "\0\0\0"]
        )
    }

    @Test func writingInPlaceIsNeitherOldNorNew() throws {
        #expect(try states(["write a new", "fsync a"]) == ["old", "new", "nld", "\0\0\0"])
    }

    @Test func removingIsNotSafeBeforeTheFolderIs() throws {
        #expect(try states(["unlink a", "open a", "write a new", "fsync a"]).contains(nil))
    }

    @Test func callsThatAreNotUnderstoodAreObjectedTo() throws {
        let directory = try TemporaryDirectory()
        let call = try #require(DiskCall(line: "unknown\t0\t\t\t9\t"))
        #expect(try DiskState(folder: directory.path, calls: [call]).objection != nil)
    }
}
