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

    /// Depth is bounded before anything goes as deep, so nobody can make the stack overflow.
    @Test(arguments: [
        "a = " + String(repeating: "[", count: 100_000),
        "a = " + String(repeating: "{a=", count: 100_000),
        String(repeating: "a.", count: 100_000) + "a = 1",
        "[" + String(repeating: "a . ", count: 100_000) + "a]",
        String(repeating: #""a"."#, count: 100_000) + "a = 1 = 2",
    ])
    func refusesWhatIsNestedWithoutEnd(text: String) {
        #expect {
            try TOMLReader.read(Array(text.utf8))
        } throws: { ($0 as? TOMLError)?.line == 1 }
    }

    @Test func takesEightPartsOfAKeyAndNamesThePlaceOfTheNinth() throws {
        #expect(try read("a.b.c.d.e.f.g.h = 1").count == 8)
        #expect {
            try read("\n\na.b.c.d.e.f.g.h.i = 1")
        } throws: {
            let error = $0 as? TOMLError
            return (error?.line, error?.column) == (3, 16)
        }
    }

    /// Only the points between the parts of a key count.
    @Test(arguments: [
        #"a = "1.2.3.4.5.6.7.8.9 \" 1.2.3.4.5.6.7.8.9""#,
        "a = '1.2.3.4.5.6.7.8.9 \\'",
        "a = 1 # 1.2.3.4.5.6.7.8.9",
        "a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]",
        #"a = """\#n1.2.3.4.5 "" 6.7.8.9.\#n""""""#,
        "a = '''\n1.2.3.4.5 ' 6.7.8.9'''",
        #"a = "" # 1.2.3.4.5.6.7.8.9"#,
        #""1.2.3.4.5.6.7.8.9" = 1"#,
        "a.a.a.a.a = 1\nb.b.b.b.b = 2",
    ])
    func pointsOfTextsAndNumbersAreNoDepth(text: String) throws {
        #expect(try !read(text).isEmpty)
    }
}
