import JSONText

extension Message {
    /// The message as a JSON object with `event` first.
    ///
    /// The `end` of a file has the two members of the command-line contract, `audio_ms` and
    /// `feature_frames`, and nothing else.
    public var json: JSONObject {
        var object = JSONObject([("event", .string(event.name))])
        if case .end(let audioMilliseconds, let featureFrames) = event {
            object["audio_ms"] = .integer(audioMilliseconds)
            object["feature_frames"] = .integer(featureFrames)
            return object
        }
        object["sequence"] = .integer(sequence)
        switch time {
        case .clock(let monotonic, let wallClock):
            object["monotonicMicroseconds"] = .integer(monotonic)
            object["wallClockMicroseconds"] = .integer(wallClock)
        case .audio(let microseconds):
            object["audioMicroseconds"] = .integer(microseconds)
        }
        event.writeMembers(into: &object)
        if let state { object["state"] = .object(state.json) }
        return object
    }

    /// The message as one line of JSON, with its line feed.
    public var jsonLine: String { JSONValue.object(json).text + "\n" }

    /// Reads a message as `json` writes it; unknown members are left aside, so that older clients can
    /// talk to newer daemons.
    ///
    /// - Throws: `missing` and `unexpected`, with the place.
    public init(_ cursor: JSONCursor) throws(JSONError) {
        event = try Event(cursor)
        if case .end(let audioMilliseconds, _) = event {
            sequence = 0
            time = .audio(microseconds: audioMilliseconds * 1000)
            return
        }
        sequence = try cursor.member("sequence").unsigned()
        if let audio = try cursor.optionalMember("audioMicroseconds") {
            time = .audio(microseconds: try audio.unsigned())
        } else {
            time = .clock(
                monotonicMicroseconds: try cursor.member("monotonicMicroseconds").unsigned(),
                wallClockMicroseconds: try cursor.member("wallClockMicroseconds").unsigned()
            )
        }
        state = try cursor.optionalMember("state").map { value throws(JSONError) in
            try StateSnapshot(value)
        }
    }
}
