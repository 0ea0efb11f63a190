public import JSONText

/// Where the weights of a model come from and under which terms they may be used.
///
/// - Source: `Documentation/ModelFormat.md`, section 7.
public struct Provenance: Equatable, Sendable {
    /// A corpus of this model or of one of its ancestors.
    public struct Corpus: Equatable, Sendable {
        /// Name of the corpus.
        public var name: String
        /// Licence as its authors state it.
        public var licence: String
        /// What it was used for, such as `training` or `calibration`.
        public var role: String

        /// Makes an entry.
        public init(name: String, licence: String, role: String) {
            self.name = name
            self.licence = licence
            self.role = role
        }
    }

    /// A figure by name.
    public struct Metric: Equatable, Sendable {
        /// What was measured.
        public var name: String
        /// The figure.
        public var value: Double

        /// Makes a figure.
        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// Every corpus of this model and of every ancestor.
    public var corpora: [Corpus]
    /// SHA-256 digests of the model files that this one was made from.
    public var ancestors: [String]
    /// Seed of the training.
    public var seed: Int
    /// What made the file.
    public var tool: String
    /// SPDX expression of the weights.
    public var licence: String
    /// Printed where the model is used; may be empty.
    public var notice: String

    /// Figures by name.
    public var metrics: [Metric]

    /// Makes a provenance.
    public init(
        corpora: [Corpus],
        ancestors: [String],
        seed: Int,
        tool: String,
        licence: String,
        notice: String,
        metrics: [Metric]
    ) {
        self.corpora = corpora
        self.ancestors = ancestors
        self.seed = seed
        self.tool = tool
        self.licence = licence
        self.notice = notice
        self.metrics = metrics
    }

    /// Reads the provenance.
    ///
    /// - Throws: `JSONError` with the path of the member.
    public init(decoding cursor: JSONCursor) throws(JSONError) {
        try cursor.allowOnly([
            "corpora", "ancestors", "seed", "tool", "licence", "notice", "metrics",
        ])
        var corpora: [Corpus] = []
        for element in try cursor.member("corpora").elements(count: 0...Int.max) {
            try element.allowOnly(["name", "licence", "role"])
            corpora.append(
                Corpus(
                    name: try element.member("name").words(),
                    licence: try element.member("licence").words(),
                    role: try element.member("role").words()
                )
            )
        }
        var ancestors: [String] = []
        for element in try cursor.member("ancestors").elements(count: 0...Int.max) {
            let digest = try element.string(limit: 64)
            let digits = Array("0123456789abcdef".utf8)
            guard digest.utf8.count == 64, digest.utf8.allSatisfy(digits.contains) else {
                throw element.unexpected("64 lower-case hexadecimal digits")
            }
            ancestors.append(digest)
        }
        var metrics: [Metric] = []
        let metricsCursor = try cursor.member("metrics")
        for member in try metricsCursor.object().members {
            let value = try metricsCursor.member(member.key).real(-1e300...1e300)
            metrics.append(Metric(name: member.key, value: value))
        }
        self.init(
            corpora: corpora,
            ancestors: ancestors,
            seed: try cursor.member("seed").integer(0...1 << 53 - 1),
            tool: try cursor.member("tool").words(),
            licence: try cursor.member("licence").words(),
            notice: try cursor.member("notice").string(limit: 1024),
            metrics: metrics
        )
    }

    /// The provenance as JSON.
    public var json: JSONValue {
        [
            "corpora": .array(
                corpora.map {
                    [
                        "name": .string($0.name), "licence": .string($0.licence),
                        "role": .string($0.role),
                    ]
                }
            ),
            "ancestors": .array(ancestors.map { .string($0) }),
            "seed": .integer(seed),
            "tool": .string(tool),
            "licence": .string(licence),
            "notice": .string(notice),
            "metrics": .object(JSONObject(metrics.map { ($0.name, .real($0.value)) })),
        ]
    }
}

extension JSONCursor {
    /// A string of 1 to 128 bytes.
    fileprivate func words() throws(JSONError) -> String {
        let text = try string(limit: 128)
        guard !text.isEmpty else { throw unexpected("1 to 128 bytes") }
        return text
    }
}
