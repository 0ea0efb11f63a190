import JSONText
import Testing

@Suite struct JSONReaderTests {
    @Test func readsEveryKindOfValueInOrder() throws {
        let value = try JSONReader.read(
            #" {"b":[1,-2.5e3,true,false,null],"a":{"x":"q\"\\\/\b\f\n\r\té😀"}} "#
        )
        let expected: JSONValue = [
            "b": [1, .real(-2500), true, false, .null],
            "a": ["x": "q\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1F600}"],
        ]
        guard case .object(let object) = value else {
            Issue.record("not an object")
            return
        }
        #expect(object.members.map(\.key) == ["b", "a"])
        #expect(object["a"] == JSONObject([("a", expected.member("a"))])["a"])
        #expect(value.text.hasPrefix(#"{"b":[1,-2.5e3,true,false,null],"a":{"x":"#))
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1,]",
        "[1 2]", "01", "-", "1.", ".5", "1e", "1e+", "+1", "tru", "nul", "NaN", "Infinity",
        "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "1 1", "{a:1}",
        "'a'", "\"\u{1}\"", "// x", "[1]]",
    ])
    func rejectsWhatIsNoJSON(text: String) {
        #expect(throws: JSONError.self) { try JSONReader.read(text) }
    }

    @Test func rejectsBytesThatAreNoUTF8() {
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xC0, 0x80, 0x22]) }
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    }

    @Test func rejectsDuplicateKeys() {
        #expect(throws: JSONError.duplicateKey("a", offset: 7)) {
            try JSONReader.read(#"{"a":1,"a":2}"#)
        }
    }

    @Test func holdsItsLimits() {
        let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        #expect(throws: JSONError.tooDeep(offset: 16, limit: 16)) { try JSONReader.read(deep) }
        let bomb = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError.self) { try JSONReader.read(bomb) }
        #expect(throws: JSONError.tooLarge(bytes: 5, limit: 4)) {
            try JSONReader.read("12345", limits: .init(bytes: 4))
        }
        #expect(throws: JSONError.tooManyValues(limit: 3)) {
            try JSONReader.read("[1,2,3]", limits: .init(values: 3))
        }
    }

    @Test func numbersKeepTheirText() throws {
        let value = try JSONReader.read("[9223372036854775807,9223372036854775808,1.0,1e400]")
        guard case .array(let elements) = value else { return }
        let numbers = elements.compactMap { element in
            if case .number(let number) = element { number } else { nil }
        }
        #expect(numbers[0].integer == .max)
        #expect(numbers[1].integer == nil && numbers[1].double == 9_223_372_036_854_775_808)
        #expect(numbers[2].integer == nil && numbers[2].double == 1)
        #expect(numbers[3].double == nil)
    }

    @Test func randomMutationsNeverCrash() {
        let seed = Array(#"{"a":[1,2.5,"x\u00e9",{"b":null}],"c":true,"d":"\\\n"}"#.utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            if let value = try? JSONReader.read(bytes) {
                #expect((try? JSONReader.read(value.text)) == value)
            }
        }
    }
}

extension JSONValue {
    fileprivate func member(_ key: String) -> JSONValue {
        if case .object(let object) = self { object[key] ?? .null } else { .null }
    }
}
