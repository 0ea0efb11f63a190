import JSONText
import ModelDescription
import VoiceActivity

/// Full precision against int8 on recordings with known labels, with the gate as on a device.
struct PrecisionComparison {
    private struct Answers {
        let clip: LabelledClip
        let float32: Int?
        let int8: Int?

        var pair: PairedBootstrap.Pair {
            (
                ConfusionMatrix.Outcome(truth: clip.label, prediction: float32),
                ConfusionMatrix.Outcome(truth: clip.label, prediction: int8)
            )
        }
    }

    private let labels: [String]
    private let answers: [Answers]
    private let float32: ConfusionMatrix
    private let int8: ConfusionMatrix
    private let byFiles: PairedBootstrap
    private let bySpeakers: PairedBootstrap

    init(_ source: LoadedModel, _ quantized: LoadedModel, _ clips: [LabelledClip]) throws(ToolError)
    {
        let predictors = (try Predictor(source), try Predictor(quantized))
        var answers: [Answers] = []
        var progress = Progress("measuring", total: clips.count)
        for clip in clips {
            let audio = try AudioClip(path: clip.path)
            let float32 = try predictors.0.predict(audio, gate: EnergyGateOptions()).prediction
            let int8 = try predictors.1.predict(audio, gate: EnergyGateOptions()).prediction
            answers.append(Answers(clip: clip, float32: float32?.label, int8: int8?.label))
            progress.advance()
        }
        let labels = source.manifest.labels
        var matrices = (
            ConfusionMatrix(labelCount: labels.count), ConfusionMatrix(labelCount: labels.count)
        )
        for answer in answers {
            matrices.0.add(answer.pair.first)
            matrices.1.add(answer.pair.second)
        }
        let speakers = Dictionary(grouping: answers, by: \.clip.speaker)
            .sorted { $0.key < $1.key }
        self.labels = labels
        self.answers = answers
        (float32, int8) = matrices
        byFiles = PairedBootstrap(groups: answers.map { [$0.pair] }, labelCount: labels.count)
        bySpeakers = PairedBootstrap(
            groups: speakers.map { $0.value.map(\.pair) },
            labelCount: labels.count
        )
    }

    /// Recordings with the same answer; missed by both counts as the same.
    private var agreedCount: Int { answers.count { $0.float32 == $0.int8 } }

    var json: JSONValue {
        func figures(_ matrix: ConfusionMatrix) -> JSONValue {
            [
                "accuracy": .real(matrix.accuracy), "uar": .real(matrix.unweightedAverageRecall),
                "missed": .integer(matrix.missedCount),
            ]
        }
        func intervals(_ bootstrap: PairedBootstrap) -> JSONValue {
            func pair(_ interval: Bootstrap.Interval) -> JSONValue {
                [.real(interval.lower), .real(interval.upper)]
            }
            return [
                "accuracy": pair(bootstrap.accuracy),
                "uar": pair(bootstrap.unweightedAverageRecall),
            ]
        }
        func label(_ index: Int?) -> JSONValue { index.map { .string(labels[$0]) } ?? .null }
        return [
            "count": .integer(answers.count),
            "agreed": .integer(agreedCount),
            "agreement": .real(Double(agreedCount) / Double(answers.count)),
            "float32": figures(float32),
            "int8": figures(int8),
            "difference": [
                "accuracy": .real(int8.accuracy - float32.accuracy),
                "uar": .real(int8.unweightedAverageRecall - float32.unweightedAverageRecall),
                "level": .real(Bootstrap.level),
                "resamples": .integer(Bootstrap.resampleCount),
                "files": intervals(byFiles),
                "speakers": intervals(bySpeakers),
            ],
            "recordings": .array(
                answers.map {
                    [
                        "path": .string($0.clip.path), "speaker": .string($0.clip.speaker),
                        "label": label($0.clip.label), "float32": label($0.float32),
                        "int8": label($0.int8),
                    ]
                }
            ),
        ]
    }

    var text: String {
        func points(_ value: Double) -> String {
            (value < 0 ? "" : "+") + (value * 100).fixed(2)
        }
        func interval(_ interval: Bootstrap.Interval) -> String {
            "\(points(interval.lower)) … \(points(interval.upper))"
        }
        var table = TextTable(
            header: ["", "float32", "int8", "points", "95 % over files", "over speakers"]
        )
        table.add([
            "UAR", float32.unweightedAverageRecall.percent, int8.unweightedAverageRecall.percent,
            points(int8.unweightedAverageRecall - float32.unweightedAverageRecall),
            interval(byFiles.unweightedAverageRecall),
            interval(bySpeakers.unweightedAverageRecall),
        ])
        table.add([
            "accuracy", float32.accuracy.percent, int8.accuracy.percent,
            points(int8.accuracy - float32.accuracy), interval(byFiles.accuracy),
            interval(bySpeakers.accuracy),
        ])
        let agreement = (Double(agreedCount) / Double(answers.count)).percent
        return "\(table.text)\n\(agreedCount) of \(answers.count) labels agree (\(agreement))"
    }
}
