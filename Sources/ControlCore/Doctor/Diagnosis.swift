import EventProtocol
import JSONText
import SystemIntegration

/// Judges what was found, and says what to type.
package enum Diagnosis {
    /// 2025-01-01: a clock before that was never set.
    private static let plausibleClockSeconds: UInt64 = 1_735_689_600

    /// The findings, in the order in which they should be mended.
    package static func findings(_ symptoms: Symptoms) -> [Finding] {
        var findings = [groups(symptoms), configuration(symptoms), socket(symptoms)]
        if let state = symptoms.state {
            findings.append(device(symptoms, state))
            findings.append(model(state))
            findings += state.degraded.map { Finding("degraded", .wrong, $0) }
            findings.append(capture(symptoms))
        }
        return findings + [clock(symptoms), journal(symptoms)]
    }

    private static func groups(_ symptoms: Symptoms) -> Finding {
        let missing = Symptoms.groups.filter { !symptoms.existingGroups.contains($0) }
        if !missing.isEmpty {
            return Finding(
                "groups",
                .wrong,
                "there is no group \(missing.joined(separator: " and no group "))",
                advice: ["sudo systemd-sysusers"]
            )
        }
        if symptoms.daemonIsInAudio == false {
            return Finding(
                "groups",
                .wrong,
                "the user affectd is not in the group audio and cannot open a sound card",
                advice: ["sudo usermod -aG audio affectd", "sudo systemctl restart affectd"]
            )
        }
        if symptoms.isRoot { return Finding("groups", .ok, "root may read and control") }
        guard symptoms.ownGroups.contains("affect") else {
            return Finding(
                "groups",
                .wrong,
                "\(symptoms.user) is not in the group affect and may not read",
                advice: [join("affect", symptoms)]
            )
        }
        guard symptoms.ownGroups.contains("affect-admin") else {
            return Finding(
                "groups",
                .note,
                "\(symptoms.user) may read, and may not mute, hold or change models",
                advice: [join("affect-admin", symptoms)]
            )
        }
        return Finding("groups", .ok, "\(symptoms.user) may read and control")
    }

    private static func configuration(_ symptoms: Symptoms) -> Finding {
        guard let error = symptoms.configurationError else {
            return Finding("configuration", .ok, "the file can be used")
        }
        return Finding(
            "configuration",
            .wrong,
            error,
            advice: ["affectctl check-config", "sudo systemctl reload-or-restart affectd"]
        )
    }

    private static func socket(_ symptoms: Symptoms) -> Finding {
        guard let failure = symptoms.failure else {
            return Finding("socket", .ok, "affectd answers at \(symptoms.socket)")
        }
        let firstLine = failure.description.split(separator: "\n").first.map(String.init) ?? ""
        let advice =
            switch failure.exitCode {
            case .unavailable:
                ["sudo systemctl start affectd", "journalctl -u affectd -n 20 -x"]
            case .timeout:
                ["sudo systemctl restart affectd"]
            default: [String]()
            }
        return Finding("socket", .wrong, firstLine, advice: advice)
    }

    private static func device(_ symptoms: Symptoms, _ state: StateSnapshot) -> Finding {
        let reason = text(symptoms.information["captureReason"])
        if state.muted {
            return Finding("device", .note, "muted", advice: ["affectctl unmute"])
        }
        switch state.capture {
        case .running:
            return Finding("device", .ok, text(symptoms.information["microphone"]))
        case .busy:
            return Finding("device", .wrong, reason, advice: holders(symptoms))
        case .noDevice where symptoms.cards.isEmpty:
            return Finding(
                "device",
                .wrong,
                "the kernel knows no sound card",
                advice: ["lsusb", "sudo dmesg | tail -30"]
            )
        case .noDevice:
            return Finding("device", .wrong, reason, advice: ["affectctl devices"])
        case .stalled:
            return Finding(
                "device",
                .wrong,
                reason,
                advice: [
                    line("alsamixer -V capture", "or unplug the microphone and plug it in again")
                ]
            )
        case .starting, .closed:
            return Finding("device", .wrong, "the microphone is \(state.capture.rawValue)")
        }
    }

    private static func holders(_ symptoms: Symptoms) -> [String] {
        guard !symptoms.holders.isEmpty else { return ["sudo fuser -v /dev/snd/*"] }
        return symptoms.holders.map {
            line(
                "sudo kill \($0.processID)",
                ($0.command.isEmpty ? "" : "\($0.command), ") + "which has card \($0.card)"
            )
        }
    }

    private static func join(_ group: String, _ symptoms: Symptoms) -> String {
        line("sudo usermod -aG \(group) \(symptoms.user)", "then log out and in again")
    }

    /// What to type, with a remark that a shell takes for one.
    private static func line(_ command: String, _ remark: String) -> String {
        "\(command)     # \(remark)"
    }

    private static func model(_ state: StateSnapshot) -> Finding {
        guard let model = state.model else {
            return Finding("model", .wrong, "none is loaded", advice: ["affectctl models"])
        }
        return Finding("model", .ok, "\(model.name) release \(model.release)")
    }

    private static func capture(_ symptoms: Symptoms) -> Finding {
        let overruns = number(symptoms.statistics["overruns"])
        let hours = max(1, number(symptoms.statistics["uptimeMicroseconds"]) / 3_600_000_000)
        guard overruns / hours >= 10 else {
            return Finding("capture", .ok, "\(overruns) overruns since the start")
        }
        return Finding(
            "capture",
            .wrong,
            "\(overruns) overruns in \(hours) h: the board is too busy to read the microphone",
            advice: ["affectctl stats", "top -o %CPU"]
        )
    }

    private static func clock(_ symptoms: Symptoms) -> Finding {
        guard symptoms.wallClockSeconds < plausibleClockSeconds else {
            return Finding("clock", .ok, "plausible")
        }
        return Finding(
            "clock",
            .wrong,
            "the clock was never set; events and a mute with a time carry wrong dates",
            advice: ["sudo timedatectl set-ntp true"]
        )
    }

    private static func journal(_ symptoms: Symptoms) -> Finding {
        guard symptoms.hasJournal else {
            return Finding(
                "journal",
                .note,
                "there is none; affectd writes lines on standard error"
            )
        }
        if !symptoms.isRoot, symptoms.ownGroups.isDisjoint(with: ["systemd-journal", "adm"]) {
            return Finding(
                "journal",
                .note,
                "\(symptoms.user) may not read it",
                advice: [join("systemd-journal", symptoms)]
            )
        }
        guard symptoms.isJournalKept else {
            return Finding(
                "journal",
                .note,
                "it is lost when the machine restarts",
                advice: [
                    "sudo mkdir -p /var/log/journal", "sudo systemctl restart systemd-journald",
                ]
            )
        }
        return Finding("journal", .ok, "read it with: journalctl -u affectd -x")
    }

    private static func text(_ value: JSONValue?) -> String {
        if case .string(let text)? = value { text } else { "" }
    }

    private static func number(_ value: JSONValue?) -> Int64 {
        if case .number(let number)? = value { number.integer ?? 0 } else { 0 }
    }
}
