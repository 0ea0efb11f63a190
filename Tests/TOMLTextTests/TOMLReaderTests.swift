import TOMLText
import Testing

@Suite struct TOMLReaderTests {
    private func read(_ text: String) throws -> [TOMLEntry] {
        try TOMLReader.read(Array(text.utf8))
    }

    @Test func findsKeysWithTheirPlacesInTheOrderOfTheText() throws {
        let entries = try read("b = \"x\"\n[t]\n  n = -3 # why\n[t.u]\nyes = true\n\"a b\" = 1\n")
        #expect(entries.map(\.path) == ["b", "t", "t.n", "t.u", "t.u.yes", "t.u.\"a b\""])
        #expect(
            entries.map(\.value)
                == [.string("x"), .table, .integer(-3), .table, .boolean(true), .integer(1)]
        )
        #expect(entries.map(\.line) == [1, 2, 3, 4, 5, 6])
        #expect(entries[2].column == 7)
    }

    @Test func tellsWhatNothingTakes() throws {
        let entries = try read("a = 1.5\nb = [1]\nc = 2026-01-01\n")
        #expect(entries.map(\.value) == [.real, .array, .date])
    }

    @Test(arguments: [
        ("a = 1\nb = \"open\n", 2), ("= 1", 1), ("a = 1\na = 2", 2), ("[t\nx = 1", 1),
        ("a = \"\u{0}\"", 1), ("a = 1 b = 2", 1), ("[=]", 1), ("[.a]", 1), ("[[=", 1),
    ])
    func namesTheLineOfAMistake(text: String, line: Int) {
        #expect {
            try TOMLReader.read(Array(text.utf8))
        } throws: { ($0 as? TOMLError)?.line == line }
    }

    @Test func takesAnEmptyDocumentAndRefusesBytesThatAreNoText() throws {
        #expect(try TOMLReader.read([]) == [])
        #expect(throws: TOMLError.self) { try TOMLReader.read([0x61, 0x3D, 0xFF, 0xFE]) }
    }

    /// Depth is bounded by the parser, so nobody can make the stack overflow.
    @Test func refusesWhatIsNestedWithoutEnd() {
        let text = "a = " + String(repeating: "[", count: 100_000)
        #expect(throws: TOMLError.self) { try TOMLReader.read(Array(text.utf8)) }
        let keys = String(repeating: "a.", count: 5000) + "a = 1"
        #expect(throws: Never.self) { try? TOMLReader.read(Array(keys.utf8)) }
    }
}
