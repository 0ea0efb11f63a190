import JSONText

extension Event {
    /// Adds what this event carries beside its name.
    func writeMembers(into object: inout JSONObject) {
        switch self {
        case .speechStarted, .end: break
        case .speechStopped(let duration):
            object["durationMicroseconds"] = .integer(duration)
        case .emotion(let result):
            result.writeMembers(into: &object)
        case .utterance(let result, let continued):
            result.writeMembers(into: &object)
            object["continued"] = .bool(continued)
        case .mood(let label, let probabilities):
            object["label"] = .string(label)
            object["probabilities"] = .object(probabilities.json)
        case .state(let changed, let reason):
            object["changed"] = .array(changed.map { .string($0) })
            object["reason"] = .string(reason)
        case .model(let change, let model, let reason):
            object["change"] = .string(change.rawValue)
            if let model { object["model"] = .object(model.json) }
            object["reason"] = .string(reason)
        }
    }

    /// Reads an event by its name.
    init(_ cursor: JSONCursor) throws(JSONError) {
        let name = try cursor.member("event")
        switch try name.string() {
        case "speech-started": self = .speechStarted
        case "speech-stopped":
            self = .speechStopped(
                durationMicroseconds: try cursor.member("durationMicroseconds").unsigned()
            )
        case "emotion": self = .emotion(try EmotionResult(cursor))
        case "utterance":
            self = .utterance(
                try EmotionResult(cursor),
                continued: try cursor.member("continued").bool()
            )
        case "mood":
            self = .mood(
                label: try cursor.member("label").string(),
                probabilities: try cursor.member("probabilities").probabilities()
            )
        case "state":
            var changed: [String] = []
            for element in try cursor.member("changed").elements(count: 0...64) {
                changed.append(try element.string())
            }
            self = .state(changed: changed, reason: try cursor.member("reason").string())
        case "model":
            self = .model(
                try cursor.member("change").choice(ModelChange.self),
                try cursor.optionalMember("model").map { value throws(JSONError) in
                    try ModelReference(value)
                },
                reason: try cursor.member("reason").string()
            )
        case "end":
            self = .end(
                audioMilliseconds: try cursor.member("audio_ms").unsigned(),
                featureFrames: try cursor.member("feature_frames").unsigned()
            )
        default:
            throw name.unexpected("the name of an event")
        }
    }
}
