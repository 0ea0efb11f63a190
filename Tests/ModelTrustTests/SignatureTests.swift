import ModelTrust
import Testing

/// Keys and signatures of the seven bytes "a model", made by minisign 0.11 of Debian.
private enum Minisign {
    static let file = Array("a model".utf8)

    static let publicKey = """
        untrusted comment: minisign public key D659481118A183B7
        RWS3g6EYEUhZ1v5Z4QFTL+VRUEENBgEmdTDpvTUOdulPaFfgzkbEZYAW

        """

    static let secretKey = """
        untrusted comment: minisign encrypted secret key
        RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAt4OhGBFIWdZ+G4XhePPc\
        v61w7dMZeZx2kvfQb9AtDQcuGxmZonsb0/5Z4QFTL+VRUEENBgEmdTDpvTUOdulPaFfgzkbEZYAWAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAA=

        """

    /// Made with a password: the derivation is `Sc`.
    static let protectedKey = """
        untrusted comment: minisign encrypted secret key
        RWRTY0Iyf6dhu2nBhEiiDfIT3KGNnR0foNdSpgDObKenZ2pTQJoAAAACAAAAAAAAAEAAAAAAtpnTDo6yFfPMSq7UTcYx\
        ywfkPWhZJYl19d17eYkndd8pVrzr42PyX/PAW9SZg2vgUUuallDH7ie4ori+7v1kVU7mHnfMKn8VqWRfOknYdZVCTjV3\
        iWfTLZgosN8XoF+jfv77vCXhTeg=
        """

    static let prehashed = """
        untrusted comment: signature from minisign secret key
        RUS3g6EYEUhZ1tscHUFoSCMDiw5ctYYxQy87u/lBLt2EBp5Kf/EBqTfUYqSQBEgT7hj07V9NYV0vFcPfH99vDPrbUT9a\
        rKkhrQQ=
        trusted comment: release 1
        t6R2a8clYamQuKNHloaGC0+YQGogiLf8GuApK3BxWT3bqOAloL43nLY7XF3vgw5W6Pcgr0earAPgmlXdBSfHAQ==

        """

    static let plain = """
        untrusted comment: signature from minisign secret key
        RWS3g6EYEUhZ1ivlBASwgGr4P/7JQKU8HAOhBBtkqB2+gwqeIQlG+qvR7PYNHtzAjh9s/WTWHn/Kv2jLUS+PK5o2QCtW\
        fbLrJA8=
        trusted comment: release 1
        qBFxbvw5X+7SPWDltR33XlPM00FogxiJKLJXEfacKqXwLvE+MTabXrmv3qlmp2k8E4ToZKwQeS92Cp1U81XbBQ==
        """
}

@Suite struct SignatureTests {
    @Test(arguments: [Minisign.prehashed, Minisign.plain])
    func acceptsWhatMinisignSigned(text: String) throws {
        let signature = try Signature(reading: text)
        #expect(signature.trustedComment == "release 1")
        try signature.verify(Minisign.file, with: PublicKey(reading: Minisign.publicKey))
    }

    @Test(arguments: [Minisign.prehashed, Minisign.plain])
    func refusesAnotherFile(text: String) throws {
        let signature = try Signature(reading: text)
        let key = try PublicKey(reading: Minisign.publicKey)
        #expect(throws: ModelTrustError.fileChanged) {
            try signature.verify(Array("a modem".utf8), with: key)
        }
        #expect(throws: ModelTrustError.fileChanged) { try signature.verify([], with: key) }
    }

    @Test func refusesAChangedComment() throws {
        let text = Minisign.prehashed.split(separator: "\n").map {
            $0 == "trusted comment: release 1" ? "trusted comment: release 2" : String($0)
        }.joined(separator: "\n")
        #expect(throws: ModelTrustError.commentChanged) {
            try Signature(reading: text)
                .verify(Minisign.file, with: PublicKey(reading: Minisign.publicKey))
        }
    }

    @Test func namesTheKeyThatItExpected() throws {
        let other = try SecretKey().publicKey
        #expect(
            throws: ModelTrustError.otherKey(
                expected: other.identifier,
                found: "D659481118A183B7"
            )
        ) { try Signature(reading: Minisign.prehashed).verify(Minisign.file, with: other) }
    }

    @Test func readsThePublicKeyWithoutItsComment() throws {
        let line = try #require(Minisign.publicKey.split(separator: "\n").last)
        let key = try PublicKey(reading: String(line))
        #expect(try key == PublicKey(reading: Minisign.publicKey))
        #expect(key.text == Minisign.publicKey)
    }

    /// Ed25519 is deterministic: the same key, file and comment give minisign's own bytes.
    @Test func signsLikeMinisign() throws {
        let key = try SecretKey(reading: Minisign.secretKey)
        #expect(try key.publicKey == PublicKey(reading: Minisign.publicKey))
        #expect(
            try key.sign(Minisign.file, trustedComment: "release 1") == Minisign.prehashed
        )
    }

    @Test func newKeysSignAndReadBack() throws {
        let key = try SecretKey(reading: SecretKey().text)
        let text = try key.sign(Minisign.file, trustedComment: "")
        try Signature(reading: text).verify(
            Minisign.file,
            with: PublicKey(reading: key.publicKey.text)
        )
        #expect(try SecretKey().publicKey != key.publicKey)
    }

    @Test func refusesKeysWithPassword() {
        #expect(throws: ModelTrustError.passwordNeeded) {
            try SecretKey(reading: Minisign.protectedKey)
        }
    }

    @Test func refusesCommentsOfSeveralLines() throws {
        let key = try SecretKey()
        #expect(throws: ModelTrustError.commentHasLineBreak) {
            try key.sign([], trustedComment: "one\ntwo")
        }
    }

    @Test func refusesEveryTruncation() {
        for text in [Minisign.prehashed, Minisign.publicKey, Minisign.secretKey] {
            // The last line ends with `=` or a line feed, which carry no meaning.
            for length in 0..<text.utf8.count - 4 {
                let cut = String(decoding: text.utf8.prefix(length), as: UTF8.self)
                #expect(throws: ModelTrustError.self) {
                    if text == Minisign.prehashed { _ = try Signature(reading: cut) }
                    if text == Minisign.publicKey { _ = try PublicKey(reading: cut) }
                    if text == Minisign.secretKey { _ = try SecretKey(reading: cut) }
                }
            }
        }
    }
}
