import JSONText
import ModelDescription
import ModelTrust
import VoiceActivity

extension EvaluateCommand {
    /// Measures a speech model on streams whose speech is known.
    func evaluateSpeech(_ model: LoadedModel) throws {
        let scorer = SpeechScorer(model)
        let streams = try LabelledStream.list(at: manifest)
        try Outputs.check(
            [("--report", report), ("--predictions", predictions)].compactMap { name, path in
                path.map { (name, $0) }
            },
            inputs: [("the model", self.model), ("the list", manifest)]
                + streams.map { ("a recording of the list", $0.path) }
        )
        var gated: [SpeechFigures.Scored] = []
        var open: [SpeechFigures.Scored] = []
        var progress = Progress("evaluating", total: streams.count)
        for stream in streams {
            let audio = try AudioClip(path: stream.path)
            if !noGate {
                let scores = try scorer.scores(audio, gate: EnergyGateOptions())
                gated.append(SpeechFigures.Scored(stream: stream, scores: scores))
            }
            let scores = try scorer.scores(audio, gate: nil)
            open.append(SpeechFigures.Scored(stream: stream, scores: scores))
            progress.advance()
        }
        let main = SpeechFigures(streams: noGate ? open : gated)
        let other = noGate ? nil : SpeechFigures(streams: open)
        if let report {
            let json = speechReportJSON(model, main, other).prettyText + "\n"
            try Files.write(Array(json.utf8), to: report)
        }
        if let predictions {
            try Files.write(Array(scoresText(main).utf8), to: predictions)
        }
        Console.print(
            "\(model.manifest.name), \(model.manifest.precision.rawValue),"
                + " \(noGate ? "without gate" : "with gate")\n\(main.text)"
        )
        if let other { Console.print("\nwithout gate\n\(other.text)") }
    }

    private func speechReportJSON(
        _ model: LoadedModel,
        _ main: SpeechFigures,
        _ other: SpeechFigures?
    ) -> JSONValue {
        var object = JSONObject([
            ("model", model.identity),
            ("manifest", .string(self.manifest)),
            ("gate", .bool(!noGate)),
            ("delay_ms", .integer(SpeechDetector.delay)),
            ("block_ms", .integer(SpeechScorer.blockMilliseconds)),
        ])
        for member in main.json.members { object[member.key] = member.value }
        if let other { object["no_gate"] = .object(other.json) }
        return .object(object)
    }

    /// One line a stream: the scores of its blocks, `-` where the gate was closed.
    private func scoresText(_ figures: SpeechFigures) -> String {
        let rows = figures.streams.map { scored in
            let scores = scored.scores.margins.map { $0?.fixed(4) ?? "-" }
            return [scored.stream.path, scores.joined(separator: " ")]
        }
        return ([["path", "scores"]] + rows).map {
            $0.map(CommaSeparatedValues.quoted).joined(separator: ",") + "\n"
        }.joined()
    }
}
