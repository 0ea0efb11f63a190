import ModelToolCore
import Testing

@Suite struct CommaSeparatedValuesTests {
    @Test func readsQuotesBlanksAndEveryLineEnd() throws {
        let text = "path, label\r\n\"a,b.wav\",\"say \"\"hi\"\"\"\n\n  c.wav , calm \n"
        let table = try CommaSeparatedValues(reading: text, path: "list.csv")
        #expect(table.columns == ["path", "label"])
        #expect(table.rows.map(\.fields) == [["a,b.wav", "say \"hi\""], ["c.wav", "calm"]])
        #expect(table.rows.map(\.line) == [2, 4])
        #expect(try table.index(of: "label") == 1)
    }

    @Test func quotesWhatItReadsBack() throws {
        for field in ["plain", "a,b", "\"", "a \"b\", c"] {
            let line = CommaSeparatedValues.quoted(field)
            let table = try CommaSeparatedValues(reading: "x\n\(line)\n", path: "")
            #expect(table.rows.map(\.fields) == [[field]])
        }
    }

    @Test(arguments: [
        ("", "list.csv: the list is empty"),
        ("a,b\n1\n", "list.csv:2: expected 2 fields (a, b), found 1"),
        ("a\n\"1\n", "list.csv:2: a quote is not closed"),
    ])
    func namesTheLine(text: String, message: String) {
        let error = #expect(throws: ToolError.self) {
            try CommaSeparatedValues(reading: text, path: "list.csv")
        }
        #expect(error.map { "\($0)" } == message)
        #expect(error?.exitCode == 3)
    }

    @Test func decimalsAreRoundedToDigits() {
        #expect((0.125).fixed(2) == "0.13")
        #expect((-0.004).fixed(2) == "0.00")
        #expect((-1.25).fixed(1) == "-1.3")
        #expect((12.0).fixed(0) == "12")
        #expect((0.05).fixed(3) == "0.050")
    }
}
