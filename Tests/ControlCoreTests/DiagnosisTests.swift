import ControlCore
import EventProtocol
import JSONText
import SystemIntegration
import Testing
import Varlink

@Suite struct DiagnosisTests {
    /// A machine on which everything is as it should be.
    private var healthy: Symptoms {
        var symptoms = Symptoms()
        symptoms.user = "alice"
        symptoms.existingGroups = ["affect", "affect-admin"]
        symptoms.ownGroups = ["affect", "affect-admin", "adm"]
        symptoms.daemonIsInAudio = true
        symptoms.socket = "/run/affectd/socket"
        symptoms.state = StateSnapshot(
            capture: .running,
            model: ModelReference(name: "m", release: 1, digest: "0", phase: .active)
        )
        symptoms.information = ["microphone": "card:Mic", "captureReason": "why"]
        symptoms.cards = ["card0"]
        symptoms.wallClockSeconds = 1_795_000_000
        symptoms.hasJournal = true
        symptoms.isJournalKept = true
        return symptoms
    }

    private func wrong(_ symptoms: Symptoms) -> [Finding] {
        Diagnosis.findings(symptoms).filter { $0.verdict == .wrong }
    }

    @Test func findsNothingWrongWhereNothingIs() {
        let findings = Diagnosis.findings(healthy)
        #expect(findings.allSatisfy { $0.verdict == .ok }, "\(findings)")
        #expect(
            findings.map(\.subject) == [
                "groups", "configuration", "socket", "device", "model", "capture", "clock",
                "journal",
            ]
        )
    }

    @Test func saysHowToGetIntoTheGroup() {
        var symptoms = healthy
        symptoms.ownGroups = []
        #expect(
            wrong(symptoms).first?.advice
                == ["sudo usermod -aG affect alice     # then log out and in again"]
        )
        symptoms.isRoot = true
        #expect(wrong(symptoms).isEmpty)
    }

    @Test func namesWhoHasTheMicrophone() throws {
        var symptoms = healthy
        symptoms.state?.capture = .busy
        #expect(wrong(symptoms).first?.advice == ["sudo fuser -v /dev/snd/*"])
        symptoms.holders = [
            CaptureHolder(card: "Loopback", processID: 412, command: "arecord"),
            CaptureHolder(card: "Mic", processID: 7, command: ""),
        ]
        #expect(
            wrong(symptoms).first?.advice == [
                "sudo kill 412     # arecord, which has card Loopback",
                "sudo kill 7     # which has card Mic",
            ]
        )
    }

    @Test(arguments: [
        (CaptureState.noDevice, "affectctl devices"),
        (.stalled, "alsamixer -V capture     # or unplug the microphone and plug it in again"),
    ])
    func advisesAboutTheMicrophone(capture: CaptureState, advice: String) {
        var symptoms = healthy
        symptoms.state?.capture = capture
        #expect(wrong(symptoms).first?.words == "why")
        #expect(wrong(symptoms).first?.advice == [advice])
    }

    @Test func tellsAMissingCardFromOneThatIsNotChosen() {
        var symptoms = healthy
        symptoms.state?.capture = .noDevice
        symptoms.cards = []
        #expect(wrong(symptoms).first?.words == "the kernel knows no sound card")
    }

    @Test func saysThatTheDaemonDoesNotRun() {
        var symptoms = healthy
        symptoms.state = nil
        symptoms.failure = ControlError(.closed, socket: "s")
        let findings = wrong(symptoms)
        #expect(findings.map(\.subject) == ["socket"])
        #expect(findings.first?.advice.first == "sudo systemctl start affectd")
    }

    @Test func findsAWrongConfigurationAClockThatWasNeverSetAndABoardThatIsTooBusy() {
        var symptoms = healthy
        symptoms.configurationError = "f:1:1: nonsense"
        symptoms.wallClockSeconds = 60
        symptoms.statistics = ["overruns": 25, "uptimeMicroseconds": 7_200_000_000]
        #expect(wrong(symptoms).map(\.subject) == ["configuration", "capture", "clock"])
        symptoms.statistics = ["overruns": 15, "uptimeMicroseconds": 7_200_000_000]
        #expect(wrong(symptoms).map(\.subject) == ["configuration", "clock"])
    }

    @Test func listsWhatIsDegraded() {
        var symptoms = healthy
        symptoms.state?.degraded = ["the card's buffer is short"]
        #expect(wrong(symptoms).map(\.words) == ["the card's buffer is short"])
    }

    @Test func printsWhatToType() {
        let finding = Finding("groups", .wrong, "no", advice: ["sudo x"])
        #expect(finding.text == "WRONG  groups        no\n         type: sudo x\n")
    }
}

@Suite struct DeviceListTests {
    @Test func printsTheLineToPaste() throws {
        let reply: JSONObject = [
            "devices": [
                [
                    "name": "usb:0d8c:0014:A1", "alsa": "hw:CARD=Mic,DEV=0",
                    "description": "USB Mic", "usb": "0d8c:0014:A1",
                ]
            ]
        ]
        let text = try DevicesCommand.text(reply)
        #expect(text.contains("\ndevice = \"usb:0d8c:0014:A1\"  "))
        #expect(text.contains("  # USB Mic, hw:CARD=Mic,DEV=0, usb:0d8c:0014:A1\n"))
        #expect(try DevicesCommand.text(["devices": []]) == "no microphone is connected\n")
    }

    @Test func printsCountsAsWords() {
        #expect(
            StatisticsCommand.text(["framesLost": 3, "overruns": 1])
                == "frames lost             3\noverruns                1\n"
        )
    }
}
