import EventProtocol
import JSONText
import SystemIntegration

extension JournalEntry {
    /// The entry of a message, `nil` for those that are never written.
    init?(_ message: Message) {
        let event = message.event
        var fields = [("AFFECT_EVENT", event.name), ("AFFECT_SEQUENCE", "\(message.sequence)")]
        let messageID: JournalMessageID
        var priority = Priority.information
        var about = message.state?.model
        switch event {
        case .speechStarted, .speechStopped, .emotion, .end:
            return nil
        case .utterance(let result, let continued):
            messageID = .utterance
            fields += [
                ("AFFECT_LABEL", result.label),
                ("AFFECT_CONFIDENCE_PERMILLE", "\(result.confidencePermille)"),
                ("AFFECT_PROBABILITIES", Self.text(result.probabilities)),
                ("AFFECT_LEVEL_DECIBEL_TENTHS", "\(result.levelDecibelTenths)"),
                ("AFFECT_DURATION_MICROSECONDS", "\(result.durationMicroseconds)"),
                ("AFFECT_CONTINUED", continued ? "1" : "0"),
            ]
        case .mood(let label, let probabilities):
            messageID = .mood
            let confidence = probabilities.map(\.permille).max() ?? 0
            fields += [
                ("AFFECT_LABEL", label), ("AFFECT_CONFIDENCE_PERMILLE", "\(confidence)"),
                ("AFFECT_PROBABILITIES", Self.text(probabilities)),
            ]
        case .state(let changed, let reason):
            messageID = JournalMessageID(changed: changed, state: message.state)
            fields += [
                ("AFFECT_CHANGED", changed.joined(separator: " ")), ("AFFECT_REASON", reason),
            ]
            let capture = message.state?.capture ?? .running
            let isFine = [.running, .starting, .closed].contains(capture)
            priority = isFine && messageID != .degraded ? .notice : .warning
        case .model(let change, let changed, let reason):
            messageID = JournalMessageID(change)
            about = changed
            fields += [("AFFECT_CHANGE", change.rawValue), ("AFFECT_REASON", reason)]
            let isTrouble = [.rejected, .rolledBack, .rollbackFailed].contains(change)
            priority = isTrouble ? .warning : .notice
        }
        if let state = message.state {
            fields += [
                ("AFFECT_CAPTURE", state.capture.rawValue), ("AFFECT_SUMMARY", state.summary),
            ]
        }
        if let about {
            fields += [
                ("AFFECT_MODEL_NAME", about.name), ("AFFECT_MODEL_RELEASE", "\(about.release)"),
                ("AFFECT_MODEL_DIGEST", about.digest),
            ]
        }
        self.init(
            "\(event.name): \(event.text)",
            priority: priority,
            messageID: messageID.rawValue,
            fields: fields
        )
    }

    private static func text(_ probabilities: [EmotionResult.Probability]) -> String {
        JSONValue.object(
            JSONObject(probabilities.map { ($0.label, .integer($0.permille)) })
        ).text
    }
}

extension JournalMessageID {
    /// The kind of something that happened to a model.
    fileprivate init(_ change: Event.ModelChange) {
        self =
            switch change {
            case .offered: .modelOffered
            case .verified: .modelVerified
            case .activated: .modelActivated
            case .committed: .modelCommitted
            case .rolledBack: .modelRolledBack
            case .rollbackFailed: .modelRollbackFailed
            case .rejected: .modelRejected
            }
    }

    /// The kind of a change of the state.
    fileprivate init(changed: [String], state: StateSnapshot?) {
        if changed.contains("muted") {
            self = state?.muted == true ? .muted : .unmuted
        } else if changed.contains("heldUntil") {
            self = .held
        } else if changed.contains("overruns") {
            self = .overrun
        } else if changed.contains("configuration") {
            self = .reloaded
        } else if changed.contains("degraded") {
            self = .degraded
        } else if changed.contains("capture") {
            switch state?.capture {
            case .running: self = .microphoneRuns
            case .noDevice: self = .microphoneMissing
            case .busy: self = .microphoneBusy
            case .stalled: self = .microphoneStalled
            case .starting, .closed, nil: self = .state
            }
        } else {
            self = .state
        }
    }
}
