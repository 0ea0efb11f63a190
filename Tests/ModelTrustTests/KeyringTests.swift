import ModelTrust
import Testing

@Suite struct KeyringTests {
    private static let file = Array("a model".utf8)

    private func signature(_ key: SecretKey) throws -> Signature {
        try Signature(reading: key.sign(Self.file, trustedComment: ""))
    }

    @Test func anyOfItsKeysWillDo() throws {
        let keys = [try SecretKey(), try SecretKey(), try SecretKey()]
        var keyring = Keyring()
        for key in keys { keyring.add(key.publicKey) }
        for key in keys {
            #expect(
                try keyring.verify(Self.file, with: signature(key))
                    == key.publicKey.identifier
            )
        }
        #expect(keyring.identifiers == keys.map(\.publicKey.identifier))
        #expect(throws: ModelTrustError.fileChanged) {
            try keyring.verify(Array("a modem".utf8), with: signature(keys[0]))
        }
    }

    @Test func anEmptyKeyringAcceptsNothing() throws {
        let key = try SecretKey()
        #expect(
            throws: ModelTrustError.unknownKey(
                found: key.publicKey.identifier,
                known: [],
                places: ["/keys"]
            )
        ) { try Keyring(places: ["/keys"]).verify(Self.file, with: signature(key)) }
    }

    /// Whoever makes a key may give it the number of another one.
    @Test func aKeyWithTheNumberOfAnotherNeitherHidesItNorCounts() throws {
        let key = try SecretKey()
        let number = key.publicKey.identifier
        let stranger = try Self.key(numbered: key.publicKey)
        #expect(stranger.publicKey.identifier == number)
        #expect(stranger.publicKey != key.publicKey)
        for order in [[key, stranger], [stranger, key]] {
            var keyring = Keyring()
            for entry in order { keyring.add(entry.publicKey) }
            #expect(try keyring.verify(Self.file, with: signature(key)) == number)
        }
        var keyring = Keyring()
        keyring.add(key.publicKey)
        #expect(throws: ModelTrustError.fileChanged) {
            try keyring.verify(Self.file, with: signature(stranger))
        }
    }

    /// A new secret key whose number is that of another one: the same text with the number replaced.
    private static func key(numbered other: PublicKey) throws -> SecretKey {
        let new = try SecretKey()
        return try SecretKey(
            reading: replacingNumber(
                in: new.text,
                at: 6 + 48,
                by: replacingNumber(in: other.text, at: 2)
            )
        )
    }

    /// The eight bytes of the number in a file of a key, or the file with others there.
    private static func replacingNumber(in text: String, at start: Int) -> [UInt8] {
        Array(decode(text)[start..<start + 8])
    }

    private static func replacingNumber(
        in text: String,
        at start: Int,
        by number: [UInt8]
    ) -> String {
        var bytes = decode(text)
        bytes.replaceSubrange(start..<start + 8, with: number)
        return "untrusted comment: test\n\(encode(bytes))\n"
    }

    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    private static func decode(_ text: String) -> [UInt8] {
        let line = text.split(separator: "\n")[1].utf8.filter { $0 != UInt8(ascii: "=") }
        var bytes: [UInt8] = []
        var buffer = 0
        var count = 0
        for digit in line {
            buffer = buffer << 6 | (digits.firstIndex(of: digit) ?? 0)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> count))
            }
            buffer &= 0xFF
        }
        return bytes
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(bytes.count, start + 3)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(
                    index <= group.count
                        ? digits[value >> (18 - 6 * index) & 63] : UInt8(ascii: "=")
                )
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test func aRevokedKeyIsNamedWithItsList() throws {
        let good = try SecretKey()
        let lost = try SecretKey()
        let number = lost.publicKey.identifier
        var keyring = Keyring()
        // Revoking counts whenever the key comes in.
        keyring.revoke(try RevocationList(reading: number), source: "/keys/revoked")
        keyring.add(good.publicKey)
        keyring.add(lost.publicKey)
        #expect(throws: ModelTrustError.revokedKey(number, source: "/keys/revoked")) {
            try keyring.verify(Self.file, with: signature(lost))
        }
        #expect(try keyring.verify(Self.file, with: signature(good)) == good.publicKey.identifier)
        #expect(keyring.identifiers == [good.publicKey.identifier])
    }

    @Test func listsHoldNumbersAndComments() throws {
        let list = try RevocationList(
            reading: "# stolen in May\nD659481118A183B7\n\n  a1b2  # short, small\r\n0\n"
        )
        #expect(
            list.identifiers == ["D659481118A183B7", "000000000000A1B2", "0000000000000000"]
        )
        #expect(try RevocationList(reading: "").identifiers == [])
    }

    @Test(
        arguments: ["release.pub", "D659481118A183B70", "-1", "+1", "D6 59", "0x12", "ключ"]
    )
    func aLineThatIsNoNumberSpoilsTheList(line: String) {
        #expect(throws: ModelTrustError.self) {
            try RevocationList(reading: "D659481118A183B7\n\(line)\n")
        }
    }
}
