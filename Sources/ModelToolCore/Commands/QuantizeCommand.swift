import ArgumentParser
import JSONText
import ModelDescription
import ModelFile
import ModelTrust
import Quantization

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Make an int8 model from a full-precision model.",
        discussion: """
            Folds batch normalisation, finds the range of every activation on recordings of \
            speech, rounds weights per output channel and takes back mean errors by biases. The \
            recordings go through the gate and the front end of the device; a few hundred that \
            resemble what the device will hear are enough, and none of them may come from the \
            test set.

            Of every five recordings three give ranges and biases, one decides between the ways \
            to choose them, and one is held out: the report tells on it, too, how often the int8 \
            model gives the same label. What is not decided by --ranges, --equalization and \
            --correction is tried in every way, and what keeps the logits nearest to full \
            precision wins.

            For a model with `voiceMemoryFrames`, recordings of one speaker (column speaker of the \
            list) that stand behind one another are heard as one voice, as with \
            `evaluate --remember-voices`.

            --compare measures both models on a list of recordings with known labels, as \
            `evaluate` does: agreement, accuracy and UAR of each, and 95 % paired bootstrap \
            intervals of the differences.

            Example: affect-model quantize --model M.float32.affect --calibration clips \
            --corpus "RAVDESS=CC-BY-NC-SA-4.0" --output M.affect --report M.report.json \
            --plot M.svg --compare test.csv
            """
    )

    @Option(help: ArgumentHelp("Full-precision model.", valueName: "file"))
    var model: String

    @Option(
        help: ArgumentHelp(
            "Folder of WAV files, CSV list with a column path, or text with one path a line.",
            valueName: "dir|list"
        )
    )
    var calibration: String

    @Option(help: ArgumentHelp("Int8 model to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("Draw the report: SVG.", valueName: "file"))
    var plot: String?

    @Option(
        help: ArgumentHelp(
            "Measure both models on a list as of `evaluate`.",
            valueName: "list.csv"
        )
    )
    var compare: String?

    @Option(
        help: ArgumentHelp(
            "How ranges are chosen; default: by measurement.",
            valueName: "method"
        )
    )
    var ranges: QuantizationChoices.Ranges?

    @Option(
        help: ArgumentHelp(
            "Whether channels are equalised: true or false; default: by measurement.",
            valueName: "bool"
        )
    )
    var equalization: Bool?

    @Option(
        help: ArgumentHelp(
            "Which biases take back mean errors; default: by measurement.",
            valueName: "which"
        )
    )
    var correction: QuantizationChoices.Correction?

    @Option(help: "Most recordings to use, spread evenly over all; 0 for all.")
    var limit = 400

    @Option(
        help: ArgumentHelp(
            "Corpus of the recordings, for the provenance; may be repeated.",
            valueName: "name=licence"
        )
    )
    var corpus: [String] = []

    func run() throws {
        let source = try LoadedModel(path: model)
        let provenance = provenance(of: source, try corpora())
        // A list with a mistake is refused before the long work.
        let list = try compare.map { try LabelledClip.list(at: $0, labels: source.manifest.labels) }
        let set = try CalibrationSet(calibration, limit: limit)
        try check(set, list ?? [])
        let clips = try set.clips(for: source)
        var search = QuantizationSearch(
            source.model,
            fitting: clips.fitting,
            choosing: clips.choosing,
            choices: QuantizationChoices(
                ranges: ranges,
                equalization: equalization,
                correction: correction
            )
        )
        let result = try Self.rejecting(model) { () throws(QuantizationError) in
            try search.run(provenance: provenance) { Console.printStep($0) }
        }
        let quantized = LoadedModel(try Self.withSelfTest(result.model, output), path: output)
        try Files.write(quantized.bytes, to: output)
        let comparison = try list.map { try PrecisionComparison(source, quantized, $0) }
        let summary = QuantizationSummary(
            source: source,
            quantized: quantized,
            result: result,
            layers: compared(result, clips),
            comparison: comparison
        )
        if let report {
            try Files.write(Array((summary.json.prettyText + "\n").utf8), to: report)
        }
        if let plot { try Files.write(Array(summary.plot.utf8), to: plot) }
        Console.print(summary.text)
    }

    /// The model with what it answers here, for the self-test on devices.
    ///
    /// A speech detector comes with the package and is never installed, and has no 300 bytes to spare.
    private static func withSelfTest(_ model: Model, _ path: String) throws(ToolError) -> Model {
        guard model.manifest.task == .emotion else { return model }
        do {
            return try Model(
                manifest: model.manifest,
                frontEndTables: model.frontEndTables,
                tensors: model.tensors,
                selfTest: SelfTestVectors(answersOf: model)
            )
        } catch {
            throw .model(path: path, reason: "\(error)")
        }
    }

    /// Refuses outputs that would overwrite what is read.
    private func check(_ set: CalibrationSet, _ list: [LabelledClip]) throws(ToolError) {
        var outputs: [Outputs.NamedPath] = [("--output", output)]
        if let report { outputs.append(("--report", report)) }
        if let plot { outputs.append(("--plot", plot)) }
        var inputs: [Outputs.NamedPath] = [
            ("the full-precision model", model), ("the list", calibration),
        ]
        if let compare { inputs.append(("the test list", compare)) }
        inputs += set.paths.map { ("a calibration clip", $0) }
        inputs += list.map { ("a test clip", $0.path) }
        try Outputs.check(outputs, inputs: inputs)
    }

    private static func rejecting<Value>(
        _ path: String,
        _ body: () throws(QuantizationError) -> Value
    ) throws(ToolError) -> Value {
        do {
            return try body()
        } catch .noCalibration {
            throw .failure("\(QuantizationError.noCalibration)")
        } catch {
            throw .model(path: path, reason: "\(error)")
        }
    }

    private func corpora() throws(ToolError) -> [Provenance.Corpus] {
        var corpora: [Provenance.Corpus] = []
        for entry in corpus {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw .usage("--corpus \(entry): expected name=licence")
            }
            corpora.append(.init(name: parts[0], licence: parts[1], role: "calibration"))
        }
        return corpora
    }

    private func provenance(
        of source: LoadedModel,
        _ corpora: [Provenance.Corpus]
    ) -> Provenance {
        var provenance = source.manifest.provenance
        provenance.corpora += corpora.filter { !provenance.corpora.contains($0) }
        provenance.ancestors.append(source.digest.hexadecimal)
        provenance.tool = "affect-model \(ModelTool.version) quantize"
        // Figures of the full-precision model are not figures of this one.
        provenance.metrics = []
        return provenance
    }

    private func compared(
        _ result: QuantizationSearch.Result,
        _ clips: CalibrationSet.Clips
    ) -> QuantizationReport {
        let seen = clips.isChoosingApart ? clips.fitting + clips.choosing : clips.fitting
        var comparison = QuantizationReport(result)
        var progress = Progress("comparing", total: seen.count + clips.heldOut.count)
        for clip in seen {
            comparison.compare(clip, isHeldOut: false)
            progress.advance()
        }
        for clip in clips.heldOut {
            comparison.compare(clip, isHeldOut: true)
            progress.advance()
        }
        return comparison
    }
}

extension QuantizationChoices.Ranges: ExpressibleByArgument {
    /// What the help names.
    public static var allValueStrings: [String] { all.map(\.rawValue) }
}

extension QuantizationChoices.Correction: ExpressibleByArgument {}
