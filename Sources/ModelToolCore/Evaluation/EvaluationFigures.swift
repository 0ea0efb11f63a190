import JSONText

/// The figures of one run over a test list.
struct EvaluationFigures {
    let labels: [String]
    let clips: [EvaluatedClip]
    let matrix: ConfusionMatrix
    let byFiles: Bootstrap
    let bySpeakers: Bootstrap

    init(labels: [String], clips: [EvaluatedClip]) {
        self.labels = labels
        self.clips = clips
        matrix = Self.matrix(clips, labels)
        byFiles = Bootstrap(groups: clips.map { [$0.outcome] }, labelCount: labels.count)
        bySpeakers = Bootstrap(
            groups: Self.grouped(clips, by: \.speaker).map { $0.clips.map(\.outcome) },
            labelCount: labels.count
        )
    }

    private static func matrix(_ clips: [EvaluatedClip], _ labels: [String]) -> ConfusionMatrix {
        var matrix = ConfusionMatrix(labelCount: labels.count)
        for clip in clips { matrix.add(clip.outcome) }
        return matrix
    }

    /// Groups in the order of their names.
    private static func grouped(
        _ clips: [EvaluatedClip],
        by key: KeyPath<LabelledClip, String>
    ) -> [(name: String, clips: [EvaluatedClip])] {
        var groups: [String: [EvaluatedClip]] = [:]
        for clip in clips { groups[clip.clip[keyPath: key], default: []].append(clip) }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What error remains when only the surest share of the recordings is answered.
    var coverageRisk: [(coverage: Double, risk: Double, confidence: Double)] {
        let answers = clips.map { (confidence: $0.confidence, isWrong: $0.isWrong) }
            .sorted { $0.confidence > $1.confidence }
        var points: [(coverage: Double, risk: Double, confidence: Double)] = []
        for tenth in 1...10 {
            let count = max(1, (answers.count * tenth + 5) / 10)
            let wrongCount = answers[..<count].count { $0.isWrong }
            points.append(
                (
                    Double(count) / Double(answers.count), Double(wrongCount) / Double(count),
                    answers[count - 1].confidence
                )
            )
        }
        return points
    }

    /// Recordings that end before the length that their headers state.
    private var truncatedCount: Int { clips.count { $0.isTruncated } }

    /// - Parameter withClips: whether every recording is listed with its answer.
    func json(withClips: Bool) -> JSONObject {
        var object = figuresJSON
        if withClips { object["clips"] = .array(clips.map { $0.json(labels) }) }
        return object
    }

    private var figuresJSON: JSONObject {
        JSONObject([
            ("accuracy", .real(matrix.accuracy)),
            ("uar", .real(matrix.unweightedAverageRecall)),
            ("macro_f1", .real(matrix.macroF1)),
            ("labels", .array(labels.map { .string($0) })),
            (
                "confusion",
                .array(
                    labels.indices.map { truth in
                        .array(
                            labels.indices.map {
                                .integer(matrix.count(truth: truth, prediction: $0))
                            }
                        )
                    }
                )
            ),
            ("per_class", .object(JSONObject(labels.indices.map { (labels[$0], classJSON($0)) }))),
            ("per_speaker", groupsJSON(by: \.speaker)),
            ("per_corpus", groupsJSON(by: \.corpus)),
            ("count", .integer(matrix.count)),
            ("missed", .integer(matrix.missedCount)),
            ("truncated", .integer(truncatedCount)),
            (
                "coverage_risk",
                .array(
                    coverageRisk.map {
                        [
                            "coverage": .real($0.coverage), "risk": .real($0.risk),
                            "confidence": .real($0.confidence),
                        ]
                    }
                )
            ),
            (
                "intervals",
                [
                    "level": .real(Bootstrap.level),
                    "resamples": .integer(Bootstrap.resampleCount),
                    "seed": .integer(Bootstrap.seed),
                    "files": Self.json(byFiles),
                    "speakers": Self.json(bySpeakers),
                ]
            ),
        ])
    }

    private func classJSON(_ label: Int) -> JSONValue {
        [
            "count": .integer(matrix.support(label)),
            "missed": .integer(matrix.missed(label)),
            "recall": matrix.recall(label).map { .real($0) } ?? .null,
            "precision": matrix.precision(label).map { .real($0) } ?? .null,
            "f1": .real(matrix.f1(label)),
        ]
    }

    private func groupsJSON(by key: KeyPath<LabelledClip, String>) -> JSONValue {
        .object(
            JSONObject(
                Self.grouped(clips, by: key).map { name, clips in
                    let matrix = Self.matrix(clips, labels)
                    return (
                        name,
                        [
                            "count": .integer(matrix.count),
                            "missed": .integer(matrix.missedCount),
                            "accuracy": .real(matrix.accuracy),
                            "uar": .real(matrix.unweightedAverageRecall),
                        ]
                    )
                }
            )
        )
    }

    private static func json(_ bootstrap: Bootstrap) -> JSONValue {
        [
            "accuracy": [.real(bootstrap.accuracy.lower), .real(bootstrap.accuracy.upper)],
            "uar": [
                .real(bootstrap.unweightedAverageRecall.lower),
                .real(bootstrap.unweightedAverageRecall.upper),
            ],
        ]
    }

    /// Figures, confusion matrix and coverage for people.
    var text: String {
        func interval(_ interval: Bootstrap.Interval) -> String {
            "\((interval.lower * 100).fixed(1)) … \((interval.upper * 100).fixed(1))"
        }
        var figures = TextTable(header: ["", "", "95 % over files", "over speakers"])
        figures.add([
            "UAR", matrix.unweightedAverageRecall.percent,
            interval(byFiles.unweightedAverageRecall),
            interval(bySpeakers.unweightedAverageRecall),
        ])
        figures.add([
            "accuracy", matrix.accuracy.percent, interval(byFiles.accuracy),
            interval(bySpeakers.accuracy),
        ])
        figures.add(["macro F1", matrix.macroF1.percent])
        var confusion = TextTable(
            header: ["truth \\ answer"] + labels + ["missed", "recall", "precision"]
        )
        for truth in labels.indices {
            confusion.add(
                [labels[truth]]
                    + labels.indices.map { "\(matrix.count(truth: truth, prediction: $0))" }
                    + [
                        "\(matrix.missed(truth))", matrix.recall(truth)?.percent ?? "-",
                        matrix.precision(truth)?.percent ?? "-",
                    ]
            )
        }
        var coverage = TextTable(header: ["answered", "wrong", "at confidence"])
        for point in coverageRisk {
            coverage.add([
                point.coverage.percent, point.risk.percent, point.confidence.fixed(2),
            ])
        }
        let cut = truncatedCount > 0 ? ", \(truncatedCount) cut short" : ""
        return "\(matrix.count) recordings, \(matrix.missedCount) missed\(cut)\n\n"
            + [figures.text, confusion.text, coverage.text].joined(separator: "\n\n")
    }
}
