import Glibc
import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import ServiceTestSupport
import SystemIntegration
import Testing

@Suite struct TrustTests {
    private func rejection(
        _ fixture: StoreFixture,
        _ path: String,
        allowUnsigned: Bool = false
    ) -> ModelRejection? {
        do throws(ModelRejection) {
            _ = try VerifiedModel(
                reading: path,
                policy: fixture.policy(allowUnsigned: allowUnsigned)
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func aSignedModelIsTrustedForItsKey() throws {
        let fixture = try StoreFixture()
        let candidate = try fixture.candidate(release: 1)
        #expect(
            candidate.trust == .signature(key: fixture.key.publicKey.identifier, comment: "test")
        )
    }

    @Test func everyKeyOfEveryFolderCounts() throws {
        let fixture = try StoreFixture()
        let other = try SecretKey()
        try fixture.trust(other, as: "second")
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: other)
        #expect(rejection(fixture, path) == nil)
    }

    @Test func anUnknownKeyIsNamedWithWhatToDo() throws {
        let fixture = try StoreFixture()
        let stranger = try SecretKey()
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: stranger)
        let words = try #require(rejection(fixture, path)).description
        #expect(
            words.contains("signed with key \(stranger.publicKey.identifier), which is none of")
        )
        #expect(words.contains("\(fixture.root)/keys (\(fixture.key.publicKey.identifier))"))
        #expect(words.contains("put its public key there as NAME.pub"))
        // Unsigned models do not make foreign signatures welcome.
        #expect(rejection(fixture, path, allowUnsigned: true) != nil)
    }

    @Test func aRevokedKeyCountsNoMoreNotEvenForInstalledModels() throws {
        let fixture = try StoreFixture()
        try fixture.commit(1, in: fixture.store())
        try fixture.revoke(fixture.key)
        let path = "\(fixture.root)/incoming/m.affect"
        #expect(
            rejection(fixture, path)
                == .untrusted(
                    path: path,
                    .revokedKey(
                        fixture.key.publicKey.identifier,
                        source: "\(fixture.root)/keys/revoked"
                    )
                )
        )
        let choice = fixture.store().choose(policy: fixture.policy(), packaged: [])
        #expect(choice.place == .none)
        #expect(choice.reasons[0].contains("revokes; sign the model with another key"))
    }

    @Test func aListOfRevokedKeysThatCannotBeReadStopsEverySignature() throws {
        let fixture = try StoreFixture()
        try DurableFile.write(Array("oops\n".utf8), to: "\(fixture.keys)/revoked")
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: fixture.key)
        #expect(rejection(fixture, path)?.word == "untrusted")
        #expect(fixture.policy().problems.count == 1)
    }

    @Test func aModelWithoutSignatureNeedsTheSetting() throws {
        let fixture = try StoreFixture()
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: nil)
        #expect(rejection(fixture, path)?.word == "unsigned")
        #expect(rejection(fixture, path, allowUnsigned: true) == nil)
        // The setting counts when the model is run, not only when it comes in.
        let store = fixture.store()
        let policy = fixture.policy(allowUnsigned: true)
        let candidate = try VerifiedModel(reading: path, policy: policy)
        #expect(candidate.trust == .unsigned)
        let staged = try store.stage(candidate, packaged: [])
        try store.install(staged, policy: policy, at: 1)
        try store.activate(staged.digest, packaged: [], at: 1)
        #expect(store.record.models.first?.trust == "unsigned")
        #expect(store.choose(policy: policy, packaged: []).place == .active)
        #expect(store.choose(policy: fixture.policy(), packaged: []).place == .none)
    }

    @Test func aSignatureOfAnotherReleaseIsNone() throws {
        let fixture = try StoreFixture()
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: fixture.key)
        let signature = try FileDescriptor.contents(ofFile: "\(path).minisig", limit: 4096)
        try fixture.put(StoreFixture.model(release: 2).bytes, signedBy: nil)
        try DurableFile.write(signature, to: "\(path).minisig")
        #expect(rejection(fixture, path) == .untrusted(path: path, .fileChanged))
        #expect(rejection(fixture, path, allowUnsigned: true)?.word == "untrusted")
    }

    /// An old model with its own good signature, sent again by whoever has kept it.
    @Test func anOldPairSentAgainIsADowngrade() throws {
        let fixture = try StoreFixture()
        let store = fixture.store()
        let old = try fixture.candidate(release: 1)
        try fixture.commit(1, in: store)
        try fixture.commit(2, in: store)
        #expect(throws: ModelRejection.downgrade(name: "sample", release: 1, floor: 2)) {
            try store.stage(old, packaged: [])
        }
    }

    @Test func theAnnouncedDigestMustBeTheOneFound() throws {
        let fixture = try StoreFixture()
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: fixture.key)
        let expected = String(repeating: "0", count: 64)
        #expect(throws: ModelRejection.self) {
            try VerifiedModel(
                reading: path,
                policy: fixture.policy(),
                expectedDigest: expected
            )
        }
    }

    @Test func aTooLongFileIsNotEvenRead() throws {
        let fixture = try StoreFixture()
        let path = try fixture.put(
            Array(repeating: 0, count: VerifiedModel.sizeLimit + 1),
            signedBy: fixture.key
        )
        #expect(
            rejection(fixture, path) == .tooLarge(path: path, limit: VerifiedModel.sizeLimit)
        )
    }

    /// Whoever may write `incoming` can neither show the daemon a file that only it may read, nor stop it.
    @Test func linksAndPipesAreNotFollowed() throws {
        let fixture = try StoreFixture()
        let path = "\(fixture.root)/incoming/link.affect"
        let target = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: fixture.key)
        #expect(unsafe symlink(target, path) == 0)
        #expect(rejection(fixture, path)?.word == "unreadable")
        try Directory.remove(path)
        #expect(unsafe mkfifo(path, 0o600) == 0)
        #expect(rejection(fixture, path)?.word == "unreadable")
    }

    @Test func aSignatureOverNonsenseIsNoModel() throws {
        let fixture = try StoreFixture()
        let path = try fixture.put(Array("hello".utf8), signedBy: fixture.key)
        #expect(rejection(fixture, path)?.word == "structure")
    }
}

@Suite struct PlaceTests {
    /// A folder `a/b` with a file `f`, below a folder that is trusted.
    private func place() throws -> (StoreFixture, TrustedPlace, String) {
        let fixture = try StoreFixture()
        let root = "\(fixture.root)/state"
        try Directory.make("\(root)/a")
        try Directory.make("\(root)/a/b")
        try DurableFile.write([1], to: "\(root)/a/b/f")
        return (fixture, TrustedPlace(owner: geteuid(), below: root), root)
    }

    @Test func theWholePathMustBelongToTheOwnerAlone() throws {
        let (fixture, place, root) = try place()
        #expect(place.objection(to: "\(root)/a/b/f") == nil)
        for (path, mode) in [("a", 0o775), ("a/b", 0o757), ("a/b/f", 0o620), ("a/b/f", 0o602)] {
            #expect(unsafe chmod("\(root)/\(path)", mode_t(mode)) == 0)
            #expect(
                place.objection(to: "\(root)/a/b/f")
                    == "\(root)/\(path) may be written by others than its owner"
            )
            #expect(unsafe chmod("\(root)/\(path)", path == "a/b/f" ? 0o600 : 0o755) == 0)
        }
        let other = TrustedPlace(owner: geteuid() + 1, below: root)
        #expect(
            other.objection(to: "\(root)/a/b/f")
                == "\(root) belongs to user \(geteuid()), expected user \(geteuid() + 1)"
        )
        withExtendedLifetime(fixture) {}
    }

    @Test func linksAreFollowedAndMustNotLeadOut() throws {
        let (fixture, place, root) = try place()
        for (target, name, isTrusted) in [
            ("b", "a/inside", true), ("../a/b", "a/round", true), ("loop", "a/loop", false),
            ("../../keys", "a/out", false), ("/etc", "a/absolute", false),
        ] {
            #expect(unsafe symlink(target, "\(root)/\(name)") == 0)
            #expect((place.objection(to: "\(root)/\(name)/f") == nil) == isTrusted)
        }
        // What a link leads to is held to the same rules.
        #expect(unsafe chmod("\(root)/a/b", 0o777) == 0)
        #expect(place.objection(to: "\(root)/a/inside/f") != nil)
        withExtendedLifetime(fixture) {}
    }

    @Test func whatIsMissingOrElsewhereIsNotTrusted() throws {
        let (fixture, place, root) = try place()
        #expect(place.objection(to: "\(root)/a/none") != nil)
        #expect(place.objection(to: "/etc/passwd") == "/etc/passwd is not below \(root)")
        #expect(
            place.objection(to: "\(root)/a/../../keys")
                == "\(root)/a/../../keys leads out of \(root)"
        )
        #expect(TrustedPlace().objection(to: "relative") != nil)
        withExtendedLifetime(fixture) {}
    }

    /// The real rule on the real system: root's own files count, a folder that all may write does not.
    @Test func theSystemItself() {
        #expect(TrustedPlace().objection(to: "/usr/bin/env") == nil)
        #expect(
            TrustedPlace().objection(to: "/tmp/x") == "/tmp may be written by others than its owner"
        )
    }

    @Test func keysFromAPlaceThatOthersMayWriteDoNotCount() throws {
        let fixture = try StoreFixture()
        let path = try fixture.put(StoreFixture.model(release: 1).bytes, signedBy: fixture.key)
        #expect(unsafe chmod(fixture.keys, 0o777) == 0)
        #expect(fixture.policy().problems.count == 1)
        #expect(throws: ModelRejection.self) {
            try VerifiedModel(reading: path, policy: fixture.policy())
        }
    }

    @Test func packagedModelsFromSuchAPlaceNeedASignature() throws {
        let fixture = try StoreFixture()
        let bytes = try StoreFixture.model(release: 1).bytes
        try fixture.put(bytes, signedBy: nil, in: "packaged", name: "a")
        try fixture.put(bytes, signedBy: fixture.key, in: "packaged", name: "b")
        #expect(unsafe chmod("\(fixture.root)/packaged", 0o777) == 0)
        let (models, rejected) = VerifiedModel.packaged(.emotion, policy: fixture.policy())
        #expect(models.map(\.trust.word) == ["signature"])
        #expect(rejected.map(\.word) == ["unsigned"])
        #expect(rejected[0].description.contains("packaged may be written by others"))
    }
}
