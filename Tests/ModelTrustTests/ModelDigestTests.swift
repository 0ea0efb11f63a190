import ModelTrust
import Testing

@Suite struct ModelDigestTests {
    /// Expected values: NIST FIPS 180-4 example "abc", and the digest of the empty message.
    @Test func agreesWithPublishedExamples() {
        #expect(
            ModelDigest(of: Array("abc".utf8)).hexadecimal
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            ModelDigest(of: []).hexadecimal
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    @Test func differsForDifferentFiles() {
        #expect(ModelDigest(of: [0]) != ModelDigest(of: [1]))
        #expect(ModelDigest(of: [0]) == ModelDigest(of: [0]))
    }
}
