import ArgumentParser
import JSONText
import ModelDescription
import ModelTrust
import VoiceActivity

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on recordings with known labels.",
        discussion: """
            The list is a CSV file with the columns path, label, speaker and, if you like, \
            corpus; paths are relative to the list or to the current folder. Every recording \
            gets one answer: the strongest of the calibrated logits over all of its speech, \
            through the same gate, front end and network as on a device; `unknown` does not \
            exist here. A recording in which the gate finds no speech counts as wrong and as \
            missed. The same figures without the gate follow under `no_gate`.

            A recording that cannot be read is named, counted as `unreadable` and left out of the \
            figures; the others are measured all the same, and the exit code is 3.

            Intervals are 95 % percentile bootstrap, once over files and once over speakers; \
            the interval over speakers is the one that says how the model does on new voices. \
            Full-precision models are measured in the same way, so that the two can be compared.

            A model with `voiceMemoryFrames` remembers a voice within every recording, and with \
            --remember-voices from one to the next as well: recordings of one speaker that stand \
            behind one another in the list are one voice, and another speaker begins with nothing \
            remembered.

            A model for the task speech is measured on streams whose speech is known: the list \
            has the columns path and boundaries (milliseconds, begin-end begin-end …, nothing \
            for noise alone) and, if you like, kind and snr to group by. Every block of ten \
            milliseconds has a score; the figures are the area under the ROC curve, hit rates at \
            fixed shares of false alarms, and how often an hour noise alone begins speech.

            Example: affect-model evaluate --model M.affect --manifest test.csv --report r.json
            """
    )

    @Option(help: ArgumentHelp("Model to measure, int8 or full precision.", valueName: "file"))
    var model: String

    @Option(help: ArgumentHelp("List of recordings.", valueName: "list.csv"))
    var manifest: String

    @Flag(help: "Measure without the gate only: all frames of a file count as speech.")
    var noGate = false

    @Flag(help: "Remember a speaker's voice from one recording to the next.")
    var rememberVoices = false

    @Option(help: ArgumentHelp("Write the figures as JSON.", valueName: "file"))
    var report: String?

    @Flag(
        help: "With --report: also what became of every recording, with probabilities and logits."
    )
    var clips = false

    @Option(help: ArgumentHelp("Write what was answered for each recording.", valueName: "file"))
    var predictions: String?

    func run() throws {
        let model = try LoadedModel(path: model)
        if rememberVoices && model.manifest.decision.voiceMemoryFrames == 0 {
            throw ToolError.usage(
                "--remember-voices: expected a model whose decision.voiceMemoryFrames is above 0,"
                    + " \(model.manifest.name) remembers no voice"
            )
        }
        if model.manifest.task == .speech { return try evaluateSpeech(model) }
        let labels = model.manifest.labels
        let predictor = try Predictor(model)
        let list = try LabelledClip.list(at: manifest, labels: labels)
        if rememberVoices, let nobody = list.first(where: \.speaker.isEmpty) {
            throw ToolError.input(
                path: manifest,
                line: nobody.listed.line,
                reason: "the speaker is empty: --remember-voices must know whose voice it is"
            )
        }
        try Outputs.check(
            [("--report", report), ("--predictions", predictions)].compactMap { name, path in
                path.map { (name, $0) }
            },
            inputs: [("the model", self.model), ("the list", manifest)]
                + list.map { ("a recording of the list", $0.path) }
        )

        let (gated, open, unread) = try listen(to: list, predictor, model.manifest)
        guard !open.isEmpty else {
            let reason = "none of the \(list.count) recordings can be read"
            throw ToolError.input(path: manifest, line: nil, reason: reason)
        }

        let main = EvaluationFigures(labels: labels, clips: noGate ? open : gated)
        let other = noGate ? nil : EvaluationFigures(labels: labels, clips: open)
        if let report {
            let json = reportJSON(model, main, other, unread).prettyText + "\n"
            try Files.write(Array(json.utf8), to: report)
        }
        if let predictions {
            try Files.write(Array(predictionsText(main, labels).utf8), to: predictions)
        }
        Console.print(
            "\(model.manifest.name), \(model.manifest.precision.rawValue),"
                + " \(noGate ? "without gate" : "with gate")\n\(main.text)"
        )
        if let other { Console.print("\nwithout gate\n\(other.text)") }
        if !unread.isEmpty {
            let reason =
                "\(unread.count) of \(list.count) recordings cannot be read;"
                + " the figures are those of the others"
            throw ToolError.input(path: manifest, line: nil, reason: reason)
        }
    }

    /// Hears every recording with and without the gate, past those that cannot be read.
    private func listen(
        to clips: [LabelledClip],
        _ predictor: Predictor,
        _ manifest: ModelManifest
    ) throws -> (gated: [EvaluatedClip], open: [EvaluatedClip], unread: [UnreadClip]) {
        var gated: [EvaluatedClip] = []
        var open: [EvaluatedClip] = []
        var unread: [UnreadClip] = []
        var openVoice = RememberedVoice(manifest)
        var gatedVoice = RememberedVoice(manifest)
        var progress = Progress("evaluating", total: clips.count)
        for clip in clips {
            do throws(ToolError) {
                let audio = try AudioClip(path: clip.path)
                let speaker = rememberVoices ? clip.speaker : nil
                openVoice.begin(speaker)
                let whole = try predictor.predict(audio, gate: nil, after: &openVoice.memory)
                open.append(EvaluatedClip(clip: clip, audio: audio, heard: whole))
                if !noGate {
                    gatedVoice.begin(speaker)
                    let heard = try predictor.predict(
                        audio,
                        gate: EnergyGateOptions(),
                        after: &gatedVoice.memory
                    )
                    gated.append(EvaluatedClip(clip: clip, audio: audio, heard: heard))
                }
            } catch {
                guard case .input(_, _, let reason) = error else { throw error }
                unread.append(UnreadClip(clip: clip, reason: reason))
                Console.printError("\(clip.path): \(reason)")
            }
            progress.advance()
        }
        return (gated, open, unread)
    }

    private func reportJSON(
        _ model: LoadedModel,
        _ main: EvaluationFigures,
        _ other: EvaluationFigures?,
        _ unread: [UnreadClip]
    ) -> JSONValue {
        var object = JSONObject([
            ("model", model.identity),
            ("manifest", .string(self.manifest)),
            ("gate", .bool(!noGate)),
        ])
        if rememberVoices { object["rememberedVoices"] = .bool(true) }
        object["unreadable"] = .integer(unread.count)
        object["unread"] = .array(unread.map(\.json))
        for member in main.json(withClips: clips).members { object[member.key] = member.value }
        if let other { object["no_gate"] = .object(other.json(withClips: clips)) }
        return .object(object)
    }

    private func predictionsText(_ figures: EvaluationFigures, _ labels: [String]) -> String {
        let header = ["path", "label", "speaker", "corpus", "prediction", "frames"] + labels
        let rows = figures.clips.map { evaluated in
            let clip = evaluated.clip
            let answer = evaluated.prediction
            return [
                clip.path, labels[clip.label], clip.speaker, clip.corpus,
                answer.map { labels[$0.label] } ?? "", "\(answer?.frameCount ?? 0)",
            ] + labels.indices.map { answer?.probabilities[$0].fixed(4) ?? "" }
        }
        return ([header] + rows).map {
            $0.map(CommaSeparatedValues.quoted).joined(separator: ",") + "\n"
        }.joined()
    }
}
