import JSONText

/// The figures of a speech model over a list of streams.
struct SpeechFigures {
    /// A stream with what the model said about it.
    struct Scored {
        let stream: LabelledStream
        let scores: SpeechScorer.Scores
        let truth: [Bool]

        init(stream: LabelledStream, scores: SpeechScorer.Scores) {
            self.stream = stream
            self.scores = scores
            truth = stream.truth(blockCount: scores.margins.count)
        }
    }

    static let falseAlarmRates = [0.01, 0.02, 0.05, 0.1, 0.2]

    let streams: [Scored]

    /// All streams, then by kind, by signal-to-noise ratio and by both, then noise alone.
    var json: JSONObject {
        JSONObject([
            ("all", .object(Self.groupJSON(speaking))),
            ("by_kind", groupsJSON(speaking) { $0.kind }),
            ("by_snr", groupsJSON(speaking) { $0.snr }),
            ("by_kind_and_snr", groupsJSON(speaking) { "\($0.kind)/\($0.snr)" }),
            ("noise_alone", .object(Self.noiseJSON(noise))),
            (
                "noise_alone_by_kind",
                .object(
                    JSONObject(
                        Self.grouped(noise) { $0.kind }.map {
                            ($0.name, .object(Self.noiseJSON($0.streams)))
                        }
                    )
                )
            ),
        ])
    }

    private var speaking: [Scored] { streams.filter { !$0.stream.speech.isEmpty } }
    private var noise: [Scored] { streams.filter { $0.stream.speech.isEmpty } }

    /// Groups in the order of their names.
    private static func grouped(
        _ streams: [Scored],
        by key: (LabelledStream) -> String
    ) -> [(name: String, streams: [Scored])] {
        var groups: [String: [Scored]] = [:]
        for scored in streams { groups[key(scored.stream), default: []].append(scored) }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func groupsJSON(
        _ streams: [Scored],
        by key: (LabelledStream) -> String
    ) -> JSONValue {
        .object(
            JSONObject(
                Self.grouped(streams, by: key).map {
                    ($0.name, .object(Self.groupJSON($0.streams)))
                }
            )
        )
    }

    private static func curve(_ streams: [Scored]) -> DetectionCurve {
        DetectionCurve(
            scores: streams.flatMap(\.scores.margins),
            truth: streams.flatMap(\.truth)
        )
    }

    private static func groupJSON(_ streams: [Scored]) -> JSONObject {
        let curve = curve(streams)
        let marked = streams.flatMap { zip($0.scores.isSpeech, $0.truth) }
        func share(_ truth: Bool) -> JSONValue {
            let count = truth ? curve.speechCount : curve.noiseCount
            return ratio(marked.count { $0.0 && $0.1 == truth }, count)
        }
        return JSONObject([
            ("streams", .integer(streams.count)),
            ("speech_blocks", .integer(curve.speechCount)),
            ("noise_blocks", .integer(curve.noiseCount)),
            ("roc_auc", curve.area.map { .real($0) } ?? .null),
            (
                "hit_rate_at_false_alarm_rate",
                .object(
                    JSONObject(
                        falseAlarmRates.map { rate in
                            (
                                rate.fixed(2),
                                curve.hitRate(atFalseAlarmRate: rate).map { .real($0) } ?? .null
                            )
                        }
                    )
                )
            ),
            ("product", ["hit_rate": share(true), "false_alarm_rate": share(false)]),
        ])
    }

    private static func noiseJSON(_ streams: [Scored]) -> JSONObject {
        let blocks = streams.flatMap(\.scores.isSpeech)
        let starts = streams.reduce(0) { $0 + $1.scores.startCount }
        let hours = Double(blocks.count * SpeechScorer.blockMilliseconds) / 3_600_000
        return JSONObject([
            ("streams", .integer(streams.count)),
            ("hours", .real(hours)),
            ("false_alarms", .integer(starts)),
            ("false_alarms_per_hour", hours > 0 ? .real(Double(starts) / hours) : .null),
            ("false_alarm_rate", ratio(blocks.count { $0 }, blocks.count)),
        ])
    }

    private static func ratio(_ count: Int, _ total: Int) -> JSONValue {
        total > 0 ? .real(Double(count) / Double(total)) : .null
    }

    /// The curve by kind and ratio, and false alarms, for people.
    var text: String {
        func percent(_ value: Double?) -> String { value?.percent ?? "-" }
        var table = TextTable(
            header: ["streams", "ROC-AUC"]
                + Self.falseAlarmRates.map { "hit rate at \($0.percent)" }
        )
        let rows =
            [("all", speaking)]
            + Self.grouped(speaking) { "\($0.kind) \($0.snr)" }.map { ($0.name, $0.streams) }
        for (name, streams) in rows {
            let curve = Self.curve(streams)
            table.add(
                [name, curve.area.map { $0.fixed(4) } ?? "-"]
                    + Self.falseAlarmRates.map { percent(curve.hitRate(atFalseAlarmRate: $0)) }
            )
        }
        let starts = noise.reduce(0) { $0 + $1.scores.startCount }
        let blockCount = noise.reduce(0) { $0 + $1.scores.isSpeech.count }
        let hours = Double(blockCount * SpeechScorer.blockMilliseconds) / 3_600_000
        return table.text + "\n\nnoise alone: \(starts) false alarms in \(hours.fixed(2)) hours"
    }
}
