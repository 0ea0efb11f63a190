import DaemonConfiguration
import DaemonCore
import EventProtocol
import Glibc
import JSONText
import ModelFile
import ModelStore
import ModelTrust
import SystemIntegration
import TestSupport
import Testing
import Varlink

/// The life of a model in a running daemon: it comes, is checked, answers, stays or is taken back.
@Suite struct ModelTests {
    /// An utterance of 300 ms with silence around.
    private let utterance = bursts([600, 300, 600])

    @Test func aModelIsInstalledWhileSomebodySpeaks() throws {
        let bed = try ModelBed(settings: [
            (.probationUtterances, "6"), (.probationMinutes, "0"),
        ])
        defer { bed.remove() }
        // 3 s of speech; the model comes in the middle.
        let samples = bursts([600, 3000, 600])
        try bed.hear(Array(samples[..<24_000]))
        #expect(bed.daemon.state.speech)
        let model = try bed.install(ModelBed.model(release: 2))
        #expect(model.phase == .probation && model.release == 2 && model.trust == "signature")
        #expect(bed.daemon.state.models?.configured?.release == 2)
        #expect(bed.daemon.state.models?.previous?.release == 1)
        try bed.hear(Array(samples[24_000...]))
        #expect(bed.changes == ["offered 2", "verified 2", "activated 2"])
        #expect(bed.daemon.state.model == model)
        // The gate has heard one speech, whoever answered for it.
        let names = bed.messages.map(\.event.name)
        #expect(names.filter { $0 == "speech-started" }.count == 1)
        #expect(names.filter { $0 == "speech-stopped" }.count == 1)
        let swap = try #require(
            bed.messages.firstIndex {
                if case .model(.activated, _, _) = $0.event { true } else { false }
            }
        )
        func utterances(_ messages: ArraySlice<Message>) -> [Bool] {
            messages.compactMap {
                if case .utterance(_, let continued) = $0.event { continued } else { nil }
            }
        }
        #expect(utterances(bed.messages[..<swap]).last == true)
        #expect(utterances(bed.messages[swap...]).last == false)
        // From the event on, the state names the new model.
        for message in bed.messages[..<swap] { #expect(message.state?.model?.release == 1) }
        for message in bed.messages[swap...] { #expect(message.state?.model?.release == 2) }

        for _ in 0..<6 { try bed.hear(utterance) }
        try bed.run { bed.changes.last == "committed 2" }
        #expect(bed.daemon.state.model?.phase == .active)
        #expect(bed.daemon.state.models?.lastResult?.change == "committed")
        #expect(bed.manager.record.phase == .committed)
        #expect(Directory.names(in: "\(bed.folder)/state/incoming") == [])
        #expect(bed.daemon.state.degraded.isEmpty, "\(bed.daemon.state.degraded)")
    }

    @Test func whatIsNotAcceptedChangesNothingAndSaysWhy() throws {
        let bed = try ModelBed()
        defer { bed.remove() }
        let second = try ModelBed.model(release: 2)
        let stranger = try SecretKey()
        #expect(try bed.refusal { try bed.install(second, by: stranger) } == "untrusted")
        #expect(try bed.refusal { try bed.install(ModelBed.model(release: 1)) } == "downgrade")
        #expect(
            try bed.refusal { try bed.install(ModelBed.model(release: 3, isBroken: true)) }
                == "self-test"
        )
        try bed.deliver(second.bytes, by: nil)
        func install() throws -> ModelReference {
            try bed.change("InstallModel", ["file": "new.model"])
        }
        #expect(try bed.refusal(install) == "unsigned")
        try bed.deliver(second.bytes.dropLast(), by: bed.key)
        #expect(try bed.refusal(install) == "structure")
        #expect(try bed.refusal(install) == "unreadable")
        #expect(
            try bed.refusal { try bed.change("ActivateModel", ["digest": "0123456789"]) }
                == "not-installed"
        )
        #expect(try bed.refusal { try bed.change("RollbackModel") } == "not-active")
        #expect(bed.daemon.state.model?.release == 1)
        #expect(bed.manager.record == ModelBed.empty)
        #expect(Directory.names(in: "\(bed.folder)/state/incoming") == [])
        #expect(bed.changes.filter { $0.hasPrefix("rejected") }.count == 6)
        #expect(bed.manager.entries.map(\.change) == Array(repeating: .rejected, count: 6))
        for name in ["../m", "/m", ".m", ""] {
            #expect(throws: VarlinkClientError.service(.invalidParameter("file"))) {
                try bed.change("InstallModel", ["file": .string(name)])
            }
        }
    }

    @Test func unsignedModelsNeedASettingThatTheStateShows() throws {
        let bed = try ModelBed(settings: [(.signatures, "optional")])
        defer { bed.remove() }
        #expect(bed.daemon.state.models?.signatures == "optional")
        try bed.deliver(ModelBed.model(release: 2).bytes, by: nil)
        let model = try bed.change("InstallModel", ["file": "new.model"])
        #expect(model.trust == "unsigned")
        #expect(bed.daemon.state.model?.trust == "unsigned")
        let words = bed.messages.compactMap { message -> String? in
            guard case .model(.verified, _, let reason) = message.event else { return nil }
            return reason
        }
        #expect(
            words == [
                "structure and self-test are in order; it is not signed, which models.signatures"
                    + " allows"
            ]
        )
    }

    @Test func aPairThatIsRenamedIntoTheFolderIsTaken() throws {
        let bed = try ModelBed()
        defer { bed.remove() }
        try bed.deliver(ModelBed.model(release: 2).bytes, as: "a.affect", by: bed.key)
        try bed.run { bed.changes.contains("activated 2") }
        // One without signature waits for it, until somebody reloads.
        try bed.deliver(ModelBed.model(release: 3).bytes, as: "b.affect", by: nil)
        bed.reload()
        try bed.run { bed.changes.contains("rejected 0") }
        #expect(Directory.names(in: "\(bed.folder)/state/incoming") == [])
    }

    @Test func aModelThatAnswersAllSoundAlikeIsTakenBackByItself() throws {
        // The self-test finds such a model; one that breaks later is made by leaving the test out.
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        let broken = try ModelBed.model(release: 2, isBroken: true)
        let digest = try bed.install(broken).digest
        #expect(bed.daemon.state.model?.digest == digest)
        for round in 0..<30 where !bed.changes.contains("rolled-back 2") {
            try bed.hear(bursts([600, 150 + 7 * round, 600]))
        }
        try bed.run { bed.changes.suffix(2) == ["rolled-back 2", "activated 1"] }
        #expect(bed.daemon.state.model?.release == 1)
        #expect(bed.daemon.state.models?.lastResult?.change == "rolled-back")
        #expect(bed.manager.record.quarantine.map(\.digest) == [digest])
        #expect(bed.manager.entries.last?.change == .rolledBack)
        #expect(try bed.refusal { try bed.install(broken) } == "quarantined")
        #expect(try bed.install(broken, ["retry": true]).digest == digest)
    }

    @Test func aModelThatTakesTooLongIsTakenBackByItself() throws {
        // The budget is the least that can be set; each answer takes 800 million multiplications.
        let bed = try ModelBed(
            settings: [(.inferenceBudgetMilliseconds, "1")],
            check: ModelCheck(program: "/bin/true", arguments: [])
        )
        defer { bed.remove() }
        try bed.install(ModelBed.slow(release: 2))
        let samples = bursts([600, 1200, 600])
        bed.daemon.microphoneCaptured(samples.span)
        try bed.run { bed.changes.contains("rolled-back 2") }
        let reason = try #require(bed.daemon.state.models?.lastResult?.reason)
        #expect(reason.contains("models.inference_budget_milliseconds"))
    }

    @Test func aRollbackByHandLeavesNoStain() throws {
        let bed = try ModelBed()
        defer { bed.remove() }
        let digest = try bed.install(ModelBed.model(release: 2)).digest
        #expect(try bed.change("RollbackModel").release == 1)
        #expect(bed.changes.suffix(2) == ["rolled-back 2", "activated 1"])
        #expect(bed.manager.record.quarantine.isEmpty)
        let beginning = String(digest.prefix(12))
        #expect(try bed.change("ActivateModel", ["digest": .string(beginning)]).release == 2)
        #expect(bed.daemon.state.model?.phase == .probation)
    }

    /// A committed model that was left is the way back again, also from the packaged one.
    @Test func aRollbackLeadsToWhereTheStateSays() throws {
        let bed = try ModelBed(
            settings: [(.probationUtterances, "1"), (.probationMinutes, "0")],
            check: ModelCheck(program: "/bin/true", arguments: [])
        )
        defer { bed.remove() }
        #expect(bed.daemon.state.models?.previous == nil)
        try bed.install(ModelBed.model(release: 2))
        try bed.hear(utterance)
        try bed.run { bed.changes.last == "committed 2" }
        for (from, to) in [(2, 1), (1, 2), (2, 1), (1, 2)] {
            #expect(bed.daemon.state.models?.previous?.release == to)
            #expect(try bed.change("RollbackModel").release == to)
            #expect(bed.daemon.state.model?.release == to)
            #expect(bed.daemon.state.model?.phase == .active)
            #expect(bed.daemon.state.models?.configured?.release == to)
            #expect(bed.changes.suffix(2) == ["rolled-back \(from)", "activated \(to)"])
        }
        #expect(bed.daemon.state.degraded == [])
        #expect(bed.manager.entries.last?.change == .rolledBack)
        bed.manager.end()
        let next = try ModelBed(folder: bed.folder, key: bed.key, check: bed.manager.check)
        #expect(next.daemon.state.model?.release == 2)
    }

    /// Nobody has complained of the packaged model: it stays in use.
    @Test func aRollbackFromThePackagedModelThatTheDiskDoesNotKeepChangesNothing() throws {
        let bed = try ModelBed(
            settings: [(.probationUtterances, "1"), (.probationMinutes, "0")],
            check: ModelCheck(program: "/bin/true", arguments: [])
        )
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        try bed.hear(utterance)
        try bed.run { bed.changes.last == "committed 2" }
        #expect(try bed.change("RollbackModel").release == 1)
        let obstacle = "\(bed.folder)/state/emotion/record.json.new"
        try Directory.make(obstacle)
        #expect(try bed.refusal { try bed.change("RollbackModel") } == "storage")
        #expect(bed.changes.last == "rollback-failed 1")
        #expect(bed.daemon.state.model?.release == 1)
        #expect(bed.daemon.state.degraded.contains { $0.contains("rollback of sample release 1") })
        try Directory.remove(obstacle)
        #expect(try bed.change("RollbackModel").release == 2)
        #expect(bed.daemon.state.degraded == [])
    }

    @Test func whereNothingWasBeforeARollbackSaysSo() throws {
        let bed = try ModelBed()
        defer { bed.remove() }
        let rejection = try bed.rejection { try bed.change("RollbackModel") }
        #expect(rejection?.reason == "not-active")
        #expect(
            rejection?.message
                == "the packaged model is active, and no model was before it; affectctl models"
                + " lists those that can be activated"
        )
    }

    @Test func whereTheConfigurationNamesAModelThereIsNothingToGoBackTo() throws {
        let first = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { first.remove() }
        try first.install(ModelBed.model(release: 2))
        first.manager.end()
        let (bed, path) = try first.withNamedModel(release: 7)
        let record = bed.manager.record
        #expect(bed.daemon.state.models?.previous == nil)
        let rejection = try bed.rejection { try bed.change("RollbackModel") }
        #expect(rejection?.reason == "unavailable")
        #expect(rejection?.message.contains("models.emotion names \(path)") == true)
        #expect(bed.daemon.state.model?.release == 7)
        #expect(bed.manager.record == record)
    }

    @Test func aRollbackThatTheDiskDoesNotKeepIsToldAsAFailedOne() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        // A folder where the new record should be written.
        try Directory.make("\(bed.folder)/state/emotion/record.json.new")
        #expect(try bed.refusal { try bed.change("RollbackModel") } == "storage")
        #expect(bed.changes.contains("rollback-failed 2"))
        // The one before answers all the same, and the state tells both.
        #expect(bed.daemon.state.model?.release == 1)
        #expect(bed.daemon.state.models?.configured?.release == 2)
        #expect(bed.daemon.state.models?.lastResult?.change == "rollback-failed")
        #expect(bed.daemon.state.degraded.contains { $0.contains("rollback of sample release 2") })
        #expect(bed.manager.entries.last?.change == .rollbackFailed)
    }

    /// The rollback is asked for while the next model is being written: mostly too late.
    @Test func aRollbackThatComesTooLateHarmsNobody() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        try bed.deliver(ModelBed.model(release: 3).bytes, as: "a.affect", by: bed.key)
        try bed.run { bed.changes.contains("verified 3") }
        let refusal = try bed.refusal { try bed.change("RollbackModel") }
        guard refusal != nil else { return #expect(bed.changes.contains("rolled-back 3")) }
        #expect(refusal == "not-active")
        #expect(bed.daemon.state.model?.release == 3)
        #expect(bed.daemon.state.degraded == [])
        // Its crashes still count.
        #expect(bed.manager.record.probation?.isRunning == true)
        #expect(bed.manager.probation != nil)
    }

    @Test func aNamedModelRunsWhateverIsInstalled() throws {
        let bed = try ModelBed()
        defer { bed.remove() }
        let (second, path) = try bed.withNamedModel(release: 7)
        #expect(second.daemon.state.model?.release == 7)
        #expect(second.daemon.state.model?.trust == "unsigned")
        #expect(second.daemon.state.models?.setting == path)
        #expect(
            try second.refusal { try second.install(ModelBed.model(release: 8)) } == "unavailable"
        )
    }

    @Test func aDamagedModelAnswersAgainAsSoonAsItIsInstalledAgain() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        let second = try ModelBed.model(release: 2)
        let digest = try bed.install(second).digest
        bed.manager.end()
        try bed.damage(digest)
        let next = try ModelBed(folder: bed.folder, key: bed.key, check: bed.manager.check)
        #expect(next.daemon.state.model?.release == 1)
        #expect(next.daemon.state.degraded.count == 1)
        #expect(try next.install(second).phase == .probation)
        #expect(next.changes.last == "activated 2")
        #expect(next.daemon.state.model?.digest == digest)
        #expect(next.daemon.state.degraded == [])
        // It is watched, too.
        try next.hear(utterance)
        #expect(next.manager.probation?.utterances == 1)
    }

    @Test func aRevokedKeyTakesItsModelOutOfUseAtAReload() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        let digest = try bed.install(ModelBed.model(release: 2)).digest
        try bed.hear(utterance)
        try bed.revoke()
        bed.reload()
        #expect(bed.daemon.state.model?.release == 1)
        #expect(bed.daemon.state.models?.configured?.release == 2)
        #expect(bed.daemon.state.degraded.contains { $0.contains("revokes") })
        try bed.run { bed.changes.last == "activated 1" }
        let reasons = bed.messages.compactMap { message -> String? in
            guard case .model(.activated, _, let reason) = message.event else { return nil }
            return reason
        }
        #expect(reasons.last?.contains("revokes") == true)
        // What answers now is not counted for the one that does not.
        try bed.hear(utterance)
        #expect(bed.manager.probation == nil)
        // The pointer stays, so that a key that was revoked by mistake is all that must be mended.
        #expect(bed.manager.record.active == digest)
        try bed.revokeNothing()
        bed.reload()
        try bed.run { bed.changes.last == "activated 2" }
        #expect(bed.daemon.state.degraded == [])
        #expect(bed.manager.probation?.utterances == 1)
    }

    @Test func aRevocationCountsAlsoWhereTheConfigurationIsWrong() throws {
        let bed = try ModelBed(
            check: ModelCheck(program: "/bin/true", arguments: []),
            reread: { _ throws(DaemonError) in throw .usage("a wrong line") }
        )
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        try bed.revoke()
        bed.reload()
        #expect(bed.daemon.state.model?.release == 1)
        #expect(bed.daemon.state.degraded.contains { $0.contains("a wrong line") })
    }

    @Test func withoutAnotherModelTheOneInUseStaysAndTheStateSaysWhy() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        try Directory.remove("\(bed.folder)/packaged/sample.affect")
        try Directory.remove("\(bed.folder)/keys/release.pub")
        bed.reload()
        #expect(bed.daemon.state.model?.release == 2)
        #expect(bed.daemon.state.degraded.contains { $0.contains("no other model") })
        try bed.hear(utterance)
        #expect(bed.daemon.utteranceCount == 1)
    }

    @Test func aReloadDoesNotBringBackWhatCouldNotBeTakenBackOnDisk() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        let obstacle = "\(bed.folder)/state/emotion/record.json.new"
        try Directory.make(obstacle)
        #expect(try bed.refusal { try bed.change("RollbackModel") } == "storage")
        bed.reload()
        #expect(bed.daemon.state.model?.release == 1)
        try Directory.remove(obstacle)
        #expect(try bed.change("RollbackModel").release == 1)
        #expect(bed.manager.record.active == nil)
        #expect(bed.daemon.state.degraded == [])
    }

    /// However many files are refused, sound is heard between one and the next.
    ///
    /// Where a model is named, nothing but the loop is between them.
    @Test func filesInTheFolderAreTakenOneAtATime() throws {
        let first = try ModelBed()
        defer { first.remove() }
        let named = "\(first.folder)/packaged/sample.affect"
        let bed = try ModelBed(
            folder: first.folder,
            key: first.key,
            settings: [(.emotionModel, named)]
        )
        for number in 0..<20 {
            let path = "\(bed.folder)/state/incoming/\(number).affect"
            try DurableFile.write([1], to: "\(path).minisig")
            try DurableFile.write([1], to: path)
        }
        var left = 20
        try bed.run {
            let names = Directory.names(in: "\(bed.folder)/state/incoming")
            let now = names.count { $0.hasSuffix(".affect") }
            #expect(now >= left - 1, "\(left - now) files were taken in one go")
            left = now
            return left == 0
        }
        #expect(Directory.names(in: "\(bed.folder)/state/incoming") == [])
    }

    @Test func aReloadTakesAllThatLiesInTheFolder() throws {
        let bed = try ModelBed(settings: [(.signatures, "optional")])
        defer { bed.remove() }
        for release in 2...4 {
            let bytes = try ModelBed.model(release: release).bytes
            try bed.deliver(bytes, as: "\(release).affect", by: nil)
        }
        bed.reload()
        try bed.run { bed.changes.contains("activated 4") }
        #expect(bed.changes.filter { $0.hasPrefix("activated") }.count == 3)
    }

    /// A pipe that nobody reads stands where the record is written: opening it never ends.
    @Test func aDiskThatDoesNotAnswerKeepsNobodyWaiting() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        let pipe = "\(bed.folder)/state/emotion/record.json.new"
        try Directory.make("\(bed.folder)/state/emotion")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        try bed.deliver(ModelBed.model(release: 2).bytes, as: "a.affect", by: bed.key)
        try bed.run { bed.changes.contains("verified 2") }
        for _ in 0..<3 { try bed.hear(utterance) }
        #expect(bed.daemon.utteranceCount >= 3)
        #expect(bed.daemon.state.model?.release == 1)
        // Who comes meanwhile is told to come again.
        #expect(try bed.refusal { try bed.install(ModelBed.model(release: 3)) } == "unavailable")
        // The disk answers at last, and it is broken: there is no flushing a pipe.
        let end = unsafe open(pipe, O_RDONLY | O_NONBLOCK)
        #expect(end >= 0)
        try bed.run { bed.changes.contains("rejected 2") }
        close(end)
        #expect(bed.daemon.state.models?.lastResult?.reason.contains("cannot be written") == true)
        #expect(try bed.install(ModelBed.model(release: 2)).release == 2)
    }

    /// Of their memory, the container of the service tests knows more: there the process has no tests beside.
    @Test func aHundredSwapsLeaveDescriptorsAsTheyWere() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        let digest = try bed.install(ModelBed.model(release: 2)).digest
        let early = try swaps(20, bed, digest)
        let late = try swaps(80, bed, digest)
        // Tests beside this one have descriptors, too; one that every swap keeps would make 80 of them.
        #expect(late < early + 40)
        #expect(bed.changes.filter { $0.hasPrefix("activated") }.count >= 100)
    }

    private func swaps(
        _ count: Int,
        _ bed: ModelBed,
        _ digest: String
    ) throws -> Int {
        for round in 0..<count {
            _ =
                bed.daemon.state.model?.release == 2
                ? try bed.change("RollbackModel")
                : try bed.change("ActivateModel", ["digest": .string(digest)])
            if round % 10 == 0 { try bed.hear(utterance) }
        }
        return ProcessUsage.openDescriptors
    }
}

/// Crashes of a model on probation, found at the next start.
@Suite struct CrashLoopTests {
    private let minute: UInt64 = 60_000_000

    /// A store with release 2 on probation.
    private func bed() throws -> ModelBed {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        try bed.install(ModelBed.model(release: 2))
        bed.manager.end()
        return bed
    }

    private func start(
        _ bed: ModelBed,
        boot: String = "a",
        atMinute time: UInt64
    ) throws -> (manager: ModelManager, release: Int) {
        let manager = try ModelBed.manager(bed.folder, bed.daemon.configuration, EventLoop())
        let models = try manager.begin(boot: boot, atMicroseconds: time * minute)
        return (manager, models.emotion.reference.release)
    }

    @Test func twoCrashesWithinTenMinutesTakeTheModelBack() throws {
        let bed = try bed()
        defer { bed.remove() }
        #expect(try start(bed, atMinute: 1).release == 2)
        #expect(try start(bed, atMinute: 2).release == 2)
        let third = try start(bed, atMinute: 9)
        #expect(third.release == 1)
        #expect(third.manager.entries.last?.change == .rolledBack)
        #expect(third.manager.record.quarantine.count == 1)
        // Told as soon as somebody listens.
        #expect(try start(bed, atMinute: 10).release == 1)
    }

    @Test func crashesFarApartAreNoLoop() throws {
        let bed = try bed()
        defer { bed.remove() }
        for time in [1, 2, 13, 24] { #expect(try start(bed, atMinute: UInt64(time)).release == 2) }
    }

    @Test func aPowerCutIsNoCrash() throws {
        let bed = try bed()
        defer { bed.remove() }
        for boot in ["a", "b", "c", "d"] {
            #expect(try start(bed, boot: boot, atMinute: 1).release == 2)
        }
    }

    @Test func anEndInOrderIsNoCrash() throws {
        let bed = try bed()
        defer { bed.remove() }
        for time in 1...5 {
            let run = try start(bed, atMinute: UInt64(time))
            #expect(run.release == 2)
            run.manager.end()
        }
    }

    /// The model on probation is damaged, and another one crashes in its place.
    @Test func crashesOfAnotherModelAreNotCounted() throws {
        let bed = try bed()
        defer { bed.remove() }
        let digest = try #require(bed.manager.record.active)
        #expect(try start(bed, atMinute: 1).release == 2)
        let path = "\(bed.folder)/state/emotion/models/\(digest)/model.affect"
        let bytes = try FileDescriptor.contents(ofFile: path, limit: 1 << 20)
        try bed.damage(digest)
        // The first of these ends the run of the model itself, which was a crash.
        for time in 2...6 { #expect(try start(bed, atMinute: UInt64(time)).release == 1) }
        try DurableFile.write(bytes, to: path)
        let last = try start(bed, atMinute: 7)
        #expect(last.release == 2)
        #expect(last.manager.record.probation?.crashMicroseconds.count == 1)
    }

    @Test func theRunBeginsWithTheInstallation() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        let boot = try #require(BootIdentity.current)
        let next = try start(bed, boot: boot, atMinute: 1)
        #expect(next.manager.record.probation?.crashMicroseconds.count == 1)
    }

    /// A reload puts another model in the place of the one on probation, and takes it away again.
    @Test func theRunEndsAndBeginsWhereAReloadChangesTheModel() throws {
        let bed = try ModelBed(check: ModelCheck(program: "/bin/true", arguments: []))
        defer { bed.remove() }
        try bed.install(ModelBed.model(release: 2))
        let boot = try #require(BootIdentity.current)
        try bed.revoke()
        bed.reload()
        // The other one has crashed.
        let next = try start(bed, boot: boot, atMinute: 1)
        #expect(next.release == 1)
        #expect(next.manager.record.probation?.crashMicroseconds == [])
        try bed.revokeNothing()
        bed.reload()
        #expect(bed.daemon.state.model?.release == 2)
        let last = try start(bed, boot: boot, atMinute: 2)
        #expect(last.release == 2)
        #expect(last.manager.record.probation?.crashMicroseconds.count == 1)
    }

    @Test func withoutABootIdentityNothingIsCounted() throws {
        let bed = try bed()
        defer { bed.remove() }
        for _ in 0..<4 {
            let manager = try ModelBed.manager(bed.folder, bed.daemon.configuration, EventLoop())
            #expect(
                try manager.begin(boot: nil, atMicroseconds: minute).emotion.reference.release
                    == 2
            )
        }
    }
}

@Suite struct ProbationMonitorTests {
    private func monitor(
        utterances: Int = 30,
        seconds: Int = 3600
    ) throws -> ProbationMonitor {
        ProbationMonitor(
            try SampleModel.int8().manifest,
            limits: ProbationMonitor.Limits(
                utterances: utterances,
                listeningSeconds: seconds,
                inferenceMicroseconds: 500_000
            )
        )
    }

    @Test func needsUtterancesAndListening() throws {
        var monitor = try monitor(utterances: 2, seconds: 10)
        for _ in 0..<3 { _ = monitor.hear(logits: [1, 2, 3], fingerprint: 1) }
        #expect(!monitor.isOver)
        monitor.listen(microseconds: 9_999_999)
        #expect(!monitor.isOver)
        monitor.listen(microseconds: 1)
        #expect(monitor.isOver)
    }

    @Test func oneLabelForWeeksIsNoFault() throws {
        var monitor = try monitor()
        for round in 0..<10_000 {
            // The first label always wins, by more or less.
            let logits: [Int8] = [100, Int8(round % 50), Int8(round % 7)]
            let fault = monitor.hear(logits: logits, fingerprint: UInt64(round))
            #expect(fault == nil)
        }
    }

    @Test func theSameLogitsForOtherSoundAreAFault() throws {
        var monitor = try monitor()
        for round in 0..<19 {
            let fault = monitor.hear(logits: [1, 2, 3], fingerprint: UInt64(round))
            #expect(fault == nil)
        }
        // The same sound again proves nothing.
        for _ in 0..<50 {
            let fault = monitor.hear(logits: [1, 2, 3], fingerprint: 18)
            #expect(fault == nil)
        }
        let fault = monitor.hear(logits: [1, 2, 3], fingerprint: 19)
        #expect(fault == "20 different utterances were answered with the same logits")
        let recovered = monitor.hear(logits: [1, 2, 4], fingerprint: 20)
        #expect(recovered == nil)
    }

    @Test func logitsAtTheRailsAreAFault() throws {
        /// 20 utterances of three logits; 57 of 60 are 95 %.
        func fault(inside: Int) throws -> String? {
            var monitor = try monitor()
            var last: String?
            for round in 0..<20 {
                let sign: Int8 = round % 2 == 0 ? 127 : -128
                var logits: [Int8] = [sign, 127, -128]
                if round < inside { logits[0] = Int8(round) }
                last = monitor.hear(logits: logits, fingerprint: UInt64(round))
                if round < 19 { #expect(last == nil) }
            }
            return last
        }
        #expect(try fault(inside: 4) == nil)
        #expect(
            try fault(inside: 3)
                == "57 of 60 logits of the last 20 utterances lie at the limits of the format"
        )
    }

    @Test func anAnswerMayTakeTwiceItsBudget() throws {
        let monitor = try monitor()
        #expect(monitor.judge(answers: 0, processorMicroseconds: 9_000_000) == nil)
        #expect(monitor.judge(answers: 3, processorMicroseconds: 3_000_000) == nil)
        #expect(
            monitor.judge(answers: 1, processorMicroseconds: 1_000_001)
                == "an answer took 1000 ms of the processor, more than twice the 500 ms of"
                + " models.inference_budget_milliseconds"
        )
    }
}
