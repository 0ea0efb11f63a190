import JSONText
import ModelDescription
import ModelTrust
import Quantization

/// What `quantize` tells about its result: text, JSON and a plot.
struct QuantizationSummary {
    let source: LoadedModel
    let quantized: LoadedModel
    let result: QuantizationSearch.Result
    let layers: QuantizationReport
    let comparison: PrecisionComparison?

    var json: JSONValue {
        let digest = quantized.digest.hexadecimal
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
                    "digest": .string(digest),
                    "bytes": .integer(quantized.bytes.count),
                    "ranges": .string(result.winner.ranges.rawValue),
                    "equalized": .bool(result.winner.isEqualized),
                    "correction": .string(result.winner.correction.rawValue),
                ]
            ),
            (
                "trials",
                .array(
                    result.trials.map {
                        [
                            "ranges": .string($0.ranges.rawValue),
                            "equalized": .bool($0.isEqualized),
                            "correction": .string($0.correction.rawValue),
                            "signalToNoiseDecibel": $0.signalToNoise.decibel.map { .real($0) }
                                ?? .null,
                        ]
                    }
                )
            ),
        ])
        if case .object(let members) = layers.json {
            for member in members.members { object[member.key] = member.value }
        }
        if let comparison { object["compare"] = comparison.json }
        return .object(object)
    }

    var plot: String { QuantizationPlot(layers.layers, title: source.manifest.name).svg }

    var text: String {
        var sections = [layerTable, trialTable, agreement]
        if let comparison { sections.append(comparison.text) }
        sections.append("\(quantized.path): \(quantized.bytes.count) bytes")
        return sections.joined(separator: "\n\n")
    }

    private var layerTable: String {
        var table = TextTable(
            header: [
                "layer", "operation", "ranges", "SNR dB", "saturated", "range used", "scale",
                "zero", "MACs", "bytes",
            ]
        )
        for layer in layers.layers {
            table.add([
                layer.name, layer.operation, layer.method.rawValue,
                layer.signalToNoise.decibel.map { $0.fixed(1) } ?? "-",
                (layer.saturationRate * 100).fixed(3) + " %", layer.rangeUse.percent,
                layer.scale.fixed(6), "\(layer.zeroPoint)", "\(layer.multiplyAccumulates)",
                "\(layer.byteCount)",
            ])
        }
        return table.text
    }

    private var trialTable: String {
        var table = TextTable(header: ["tried: ranges", "equalised", "correction", "logits dB"])
        for trial in result.trials {
            table.add([
                trial.ranges.rawValue, trial.isEqualized ? "yes" : "no",
                trial.correction.rawValue,
                trial.signalToNoise.decibel.map { $0.fixed(2) } ?? "-",
            ])
        }
        let winner = result.winner
        return table.text
            + "\nchosen: \(winner.ranges.rawValue)\(winner.isEqualized ? ", equalised" : ""),"
            + " correction \(winner.correction.rawValue)"
    }

    private var agreement: String {
        func line(_ what: String, _ agreement: LabelAgreement) -> String {
            "\(what): \(agreement.agreed) of \(agreement.count) labels agree"
                + (agreement.count > 0 ? " (\(agreement.rate.percent))" : "")
        }
        return line("calibration", layers.calibration) + "\n" + line("held out", layers.heldOut)
    }
}
