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
            speech, rounds weights per output channel and takes back the mean error of the \
            logits. The recordings go through the gate and the front end of the device; a few \
            hundred that resemble what the device will hear are enough, and none of them may \
            come from the test set. Every fifth is held out: the report tells on those, too, how \
            often the int8 model gives the same label.

            Example: affect-model quantize --model M.float32.affect --calibration clips \\
            --corpus "RAVDESS=CC-BY-NC-SA-4.0" --output M.affect --report M.report.json
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

    @Option(help: ArgumentHelp("Write the comparison as JSON.", valueName: "file"))
    var report: String?

    @Option(help: "How ranges are chosen: \(RangeMethod.allCases.map(\.rawValue)).")
    var ranges = RangeMethod.meanSquaredError

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
        let corpora = try corpora()
        let set = try CalibrationSet(calibration, limit: limit)
        try Outputs.check(
            [("--output", output)] + (report.map { [("--report", $0)] } ?? []),
            inputs: [("the full-precision model", model), ("the list", calibration)]
                + set.paths.map { ("a calibration clip", $0) }
        )
        var quantizer = try Self.rejecting(model) { () throws(QuantizationError) in
            try Quantizer(source.model)
        }
        let clips = try set.clips(for: source)
        var progress = Progress("calibrating", total: max(clips.calibration.count, 1))
        for clip in clips.calibration {
            try Self.rejecting(model) { () throws(QuantizationError) in
                try quantizer.calibrate(clip)
            }
            progress.advance()
        }
        let rounded = try Self.rejecting(model) { () throws(QuantizationError) in
            try quantizer.quantizedModel(
                ranges: ranges,
                provenance: provenance(of: source, corpora)
            )
        }
        var correction = LogitCorrection(of: rounded, against: quantizer.reference)
        for clip in clips.calibration { correction.observe(clip) }
        let quantized = try Self.rejecting(model) { () throws(QuantizationError) in
            try correction.correctedModel()
        }
        let bytes = quantized.bytes
        try Files.write(bytes, to: output)
        let comparison = compare(quantized, quantizer.reference, clips)
        if let report {
            let json = reportJSON(source, quantized, bytes, comparison).prettyText + "\n"
            try Files.write(Array(json.utf8), to: report)
        }
        Console.print(text(comparison, bytes.count))
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

    private func compare(
        _ quantized: Model,
        _ reference: FloatNetwork,
        _ clips: (calibration: [CalibrationClip], heldOut: [CalibrationClip])
    ) -> QuantizationReport {
        var comparison = QuantizationReport(of: quantized, against: reference)
        var progress = Progress(
            "comparing",
            total: clips.calibration.count + clips.heldOut.count
        )
        for clip in clips.calibration {
            comparison.compare(clip, isHeldOut: false)
            progress.advance()
        }
        for clip in clips.heldOut {
            comparison.compare(clip, isHeldOut: true)
            progress.advance()
        }
        return comparison
    }

    private func reportJSON(
        _ source: LoadedModel,
        _ quantized: Model,
        _ bytes: [UInt8],
        _ comparison: QuantizationReport
    ) -> JSONValue {
        var object = JSONObject([
            (
                "source",
                [
                    "name": .string(source.manifest.name),
                    "release": .integer(source.manifest.release),
                    "digest": .string(source.digest.hexadecimal),
                    "bytes": .integer(source.bytes.count),
                ]
            ),
            (
                "result",
                [
                    "digest": .string(ModelDigest(of: bytes).hexadecimal),
                    "bytes": .integer(bytes.count),
                    "ranges": .string(ranges.rawValue),
                ]
            ),
        ])
        if case .object(let members) = comparison.json {
            for member in members.members { object[member.key] = member.value }
        }
        return .object(object)
    }

    private func text(_ comparison: QuantizationReport, _ byteCount: Int) -> String {
        var table = TextTable(
            header: ["layer", "operation", "SNR dB", "saturated", "scale", "zero", "MACs", "bytes"]
        )
        for layer in comparison.layers {
            table.add([
                layer.name, layer.operation,
                layer.signalToNoise.decibel.map { $0.fixed(1) } ?? "-",
                (layer.saturationRate * 100).fixed(3) + " %", layer.scale.fixed(6),
                "\(layer.zeroPoint)", "\(layer.multiplyAccumulates)", "\(layer.byteCount)",
            ])
        }
        func line(_ what: String, _ agreement: LabelAgreement) -> String {
            "\(what): \(agreement.agreed) of \(agreement.count) labels agree"
                + (agreement.count > 0 ? " (\(agreement.rate.percent))" : "")
        }
        return """
            \(table.text)

            \(line("calibration", comparison.calibration))
            \(line("held out", comparison.heldOut))
            \(output): \(byteCount) bytes
            """
    }
}

extension RangeMethod: ExpressibleByArgument {}
