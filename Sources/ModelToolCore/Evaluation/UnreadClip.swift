import JSONText

/// A recording of a test list that could not be read.
struct UnreadClip {
    let clip: LabelledClip
    let reason: String

    var json: JSONValue {
        [
            "path": .string(clip.listed.path),
            "line": .integer(clip.listed.line),
            "reason": .string(reason),
        ]
    }
}
