import DaemonCore
import EventProtocol
import Glibc
import ModelFile
import SystemIntegration
import TestSupport
import Testing

/// Models that the check in a child process must stop, and what the daemon says of them.
@Suite struct ModelCheckTests {
    /// What the daemon says of a model that the check rejects; nothing of it stays, and the one before answers.
    private func objection(to model: Model, _ check: ModelCheck) throws -> String {
        let bed = try ModelBed(check: check)
        defer { bed.remove() }
        #expect(try bed.refusal { try bed.install(model) } == "self-test")
        #expect(bed.manager.record == ModelBed.empty)
        #expect(Directory.names(in: "\(bed.folder)/state/emotion/models") == [])
        #expect(Directory.names(in: "\(bed.folder)/state/incoming") == [])
        #expect(bed.daemon.state.model?.release == 1)
        // 300 ms of speech, which the model before answers.
        try bed.hear(bursts([600, 300, 600]))
        #expect(bed.daemon.utteranceCount > 0)
        return try #require(bed.daemon.state.models?.lastResult?.reason)
    }

    /// The check as it is, with the limits as they are.
    @Test func aModelThatWantsTooMuchMemoryIsRejected() throws {
        let said = try objection(to: HeavyModel.greedy(release: 2), ModelBed.check)
        #expect(said.hasPrefix("the self-test failed: the check was ended by signal \(SIGABRT)"))
        #expect(said.contains("failed to allocate"), "\(said)")
        #expect(said.hasSuffix("; it may use 160 MiB of memory"))
    }

    @Test func aModelThatWantsTooMuchOfTheProcessorIsRejected() throws {
        var check = ModelBed.check
        check.confinement.processorSeconds = 1
        let said = try objection(to: HeavyModel.busy(release: 2), check)
        #expect(
            said
                == "the self-test failed: the check took more than 1 s of the processor"
        )
    }

    @Test func aModelThatTakesTooLongIsRejected() throws {
        var check = ModelBed.check
        check.timeMicroseconds = 1_000_000
        let said = try objection(to: HeavyModel.busy(release: 2), check)
        #expect(said == "the self-test failed: the check took longer than 1 s")
    }

    @Test func aModelThatDoesNotHearIsRejected() throws {
        let model = try ModelBed.model(release: 2, isBroken: true)
        let said = try objection(to: model, ModelBed.check)
        #expect(said.hasPrefix("the self-test failed: "))
        #expect(said.contains("the answer does not depend on the input"))
    }

    /// No model is known that makes its check crash: a program does it in its place.
    @Test func aModelWhoseCheckCrashesIsRejected() throws {
        let check = ModelCheck(program: "/bin/sh", arguments: ["-c", "kill -SEGV $$"])
        let said = try objection(to: ModelBed.model(release: 2), check)
        #expect(
            said
                == "the self-test failed: the check was ended by signal \(SIGSEGV); it may use 160"
                + " MiB of memory"
        )
    }
}
