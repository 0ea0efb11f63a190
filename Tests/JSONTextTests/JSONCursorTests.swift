import JSONText
import Testing

@Suite struct JSONCursorTests {
    enum Color: String, CaseIterable { case red, green }

    let root = JSONCursor([
        "n": 5, "r": .real(0.5), "s": "red", "list": [1, 2], "o": ["inner": true],
    ])

    @Test func readsTypedMembers() throws {
        #expect(try root.member("n").integer(0...10) == 5)
        #expect(try root.member("r").real(0...1) == 0.5)
        #expect(try root.member("s").choice(Color.self) == .red)
        #expect(try root.member("list").elements(count: 2...2).count == 2)
        #expect(try root.member("o").member("inner").bool())
        #expect(try root.optionalMember("absent") == nil)
    }

    @Test func errorsNameThePlace() {
        #expect(throws: JSONError.missing(path: "o.x")) { try root.member("o").member("x") }
        #expect(
            throws: JSONError.unexpected(
                path: "n",
                expected: "an integer 6 … 9",
                found: "5"
            )
        ) { try root.member("n").integer(6...9) }
        #expect(throws: JSONError.unknownMember(path: "o.inner", known: ["outer"])) {
            try root.member("o").allowOnly(["outer"])
        }
        #expect(throws: JSONError.self) { try root.member("list").elements(count: 3...4) }
    }
}

extension JSONCursor: Equatable {
    /// Whether value and path agree.
    public static func == (left: JSONCursor, right: JSONCursor) -> Bool {
        left.value == right.value && left.path == right.path
    }
}
