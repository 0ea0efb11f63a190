public import JSONText

/// Everything a model file says about itself, apart from its tensors.
///
/// - Source: `Documentation/ModelFormat.md`, section 2.
public struct ModelManifest: Equatable, Sendable {
    /// The version of the format that this code reads and writes.
    public static let formatVersion = 1
    /// The version of this engine, compared with `minimumEngine`.
    public static let engineVersion = 1

    /// What the model is for.
    public enum Task: String, CaseIterable, Sendable {
        case emotion
        case speech
    }

    /// The number format of weights and activations.
    public enum Precision: String, CaseIterable, Sendable {
        case float32
        case int8
    }

    /// Lowest engine version that may run the model.
    public var minimumEngine: Int
    /// Name of the line of models, `[a-z0-9][a-z0-9-]{0,63}`.
    public var name: String
    /// Release within the name; never goes backwards on a device.
    public var release: Int
    /// Version for humans.
    public var version: String
    /// What the model is for.
    public var task: Task
    /// The number format of weights and activations.
    public var precision: Precision
    /// Class names in the order of the logits.
    public var labels: [String]
    /// Options of the front end.
    public var frontEnd: FrontEndOptions
    /// The network.
    public var graph: Graph
    /// How logits become events.
    public var decision: DecisionParameters
    /// Where the weights come from.
    public var provenance: Provenance

    /// Makes a manifest from its parts; `decoding:` checks, this does not.
    public init(
        minimumEngine: Int = ModelManifest.engineVersion,
        name: String,
        release: Int,
        version: String,
        task: Task,
        precision: Precision,
        labels: [String],
        frontEnd: FrontEndOptions,
        graph: Graph,
        decision: DecisionParameters,
        provenance: Provenance
    ) {
        self.minimumEngine = minimumEngine
        self.name = name
        self.release = release
        self.version = version
        self.task = task
        self.precision = precision
        self.labels = labels
        self.frontEnd = frontEnd
        self.graph = graph
        self.decision = decision
        self.provenance = provenance
    }

    /// Most frames that one call of the network sees.
    public var maximumFrames: Int {
        max(decision.windowFrames, decision.maximumUtteranceFrames)
    }
}

extension ModelManifest {
    /// Reads a manifest and checks every member by itself.
    ///
    /// Tensors and shapes are checked by `ModelFile`.
    ///
    /// - Throws: `JSONError` with the path of the member.
    public init(decoding cursor: JSONCursor) throws(JSONError) {
        try cursor.allowOnly([
            "formatVersion", "minimumEngine", "name", "release", "version", "task", "precision",
            "labels", "frontEnd", "graph", "decision", "provenance",
        ])
        let version = ModelManifest.formatVersion
        _ = try cursor.member("formatVersion").integer(version...version)
        minimumEngine = try cursor.member("minimumEngine").integer(1...Int(Int32.max))
        let nameCursor = try cursor.member("name")
        name = try nameCursor.string()
        guard isIdentifier(name, first: .lowercaseOrDigit, rest: .lowercaseDigitOrDash, limit: 64)
        else { throw nameCursor.unexpected("a name like [a-z0-9][a-z0-9-]{0,63}") }
        release = try cursor.member("release").integer(1...Int(Int32.max))
        let versionCursor = try cursor.member("version")
        self.version = try versionCursor.string(limit: 64)
        guard !self.version.isEmpty else { throw versionCursor.unexpected("1 to 64 bytes") }
        task = try cursor.member("task").choice()
        precision = try cursor.member("precision").choice()
        labels = try Self.labels(cursor.member("labels"), task: task)
        frontEnd = try FrontEndOptions(decoding: cursor.member("frontEnd"))
        graph = try Graph(decoding: cursor.member("graph"), precision: precision)
        decision = try DecisionParameters(decoding: cursor.member("decision"), precision: precision)
        provenance = try Provenance(decoding: cursor.member("provenance"))
        try checkVoiceMemory(cursor.member("decision"))
    }

    private func checkVoiceMemory(_ decision: JSONCursor) throws(JSONError) {
        guard self.decision.voiceMemoryFrames > 0 else { return }
        let member = try decision.member("voiceMemoryFrames")
        guard task == .emotion else { throw member.unexpected("0 in a model for the task speech") }
        guard frontEnd.normalization != .none else {
            throw member.unexpected("0 where `frontEnd.normalization` is `none`")
        }
    }

    private static func labels(
        _ cursor: JSONCursor,
        task: Task
    ) throws(JSONError) -> [String] {
        var labels: [String] = []
        for element in try cursor.elements(count: 2...16) {
            let label = try element.string()
            guard isIdentifier(label, first: .lowercase, rest: .lowercaseDigitOrDash, limit: 32)
            else { throw element.unexpected("a label like [a-z][a-z0-9-]{0,31}") }
            guard !labels.contains(label) else { throw element.unexpected("distinct labels") }
            labels.append(label)
        }
        if task == .speech && labels != ["silence", "speech"] {
            throw cursor.unexpected("[\"silence\", \"speech\"] for the task speech")
        }
        return labels
    }

    /// The manifest as JSON.
    public var json: JSONValue {
        [
            "formatVersion": .integer(ModelManifest.formatVersion),
            "minimumEngine": .integer(minimumEngine),
            "name": .string(name),
            "release": .integer(release),
            "version": .string(version),
            "task": .string(task.rawValue),
            "precision": .string(precision.rawValue),
            "labels": .array(labels.map { .string($0) }),
            "frontEnd": frontEnd.json,
            "graph": graph.json,
            "decision": decision.json,
            "provenance": provenance.json,
        ]
    }
}
