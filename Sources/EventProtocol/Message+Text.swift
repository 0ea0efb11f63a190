extension Message {
    /// The message as one line for people, with its line feed.
    ///
    /// `     1.840 s  emotion         happy 63 %, neutral 20 %   -23.5 dBFS`
    public var textLine: String {
        "\(clockText)  \(event.name.padded(to: 14))  \(event.text)".trimmedAtEnd + "\n"
    }

    /// Seconds of audio, or of the monotonic clock.
    private var clockText: String {
        switch time {
        case .clock(let monotonic, _): Self.seconds(monotonic).leftPadded(to: 12) + " s"
        case .audio(let microseconds): Self.seconds(microseconds).leftPadded(to: 10) + " s"
        }
    }

    /// Microseconds as seconds with three digits after the point, rounded down.
    static func seconds(_ microseconds: UInt64) -> String {
        let milliseconds = microseconds / 1000
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count)
            + fraction
    }
}

extension Event {
    /// What this event carries, in words.
    public var text: String {
        switch self {
        case .speechStarted: return ""
        case .speechStopped(let duration): return "after \(Message.seconds(duration)) s"
        case .emotion(let result): return result.text
        case .utterance(let result, let continued):
            return result.text + "  \(Message.seconds(result.durationMicroseconds)) s"
                + (continued ? ", continued" : "")
        case .mood(let label, let probabilities):
            return Self.describe(label, probabilities)
        case .state(_, let reason): return reason
        case .model(let change, let model, let reason):
            return (model?.title ?? "a file") + " \(change.rawValue)"
                + (reason.isEmpty ? "" : ": \(reason)")
        case .end(let audioMilliseconds, let featureFrames):
            return "\(Message.seconds(audioMilliseconds * 1000)) s of audio,"
                + " \(featureFrames) feature frames"
        }
    }

    /// The label and the two likeliest others: `happy 63 %, neutral 20 %, sad 9 %`.
    ///
    /// An `unknown` is followed by the three likeliest in brackets.
    static func describe(_ label: String, _ probabilities: [EmotionResult.Probability]) -> String {
        // Equal probabilities keep the order of the model.
        let ranked = probabilities.enumerated().sorted {
            ($1.element.permille, $0.offset) < ($0.element.permille, $1.offset)
        }
        let words = ranked.prefix(3).map { "\($0.element.label) \(percent($0.element.permille)) %" }
            .joined(separator: ", ")
        return label == EmotionResult.unknown ? "\(label) (\(words))" : words
    }

    /// Per mille as whole per cent, halves up.
    private static func percent(_ permille: Int) -> Int { (permille + 5) / 10 }
}

extension EmotionResult {
    /// The likeliest labels and the loudness, in words.
    var text: String {
        Event.describe(label, probabilities) + "  \(decibels) dBFS"
    }

    private var decibels: String {
        let magnitude = levelDecibelTenths.magnitude
        return (levelDecibelTenths < 0 ? "-" : "") + "\(magnitude / 10).\(magnitude % 10)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }

    fileprivate var trimmedAtEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
