import ModelDescription
import Quantization
import VoiceActivity

/// The recordings that a model is calibrated with.
struct CalibrationSet {
    /// What a recording is used for.
    struct Clips {
        /// Give ranges and biases.
        var fitting: [CalibrationClip] = []
        /// Decide between ways to quantise.
        var choosing: [CalibrationClip] = []
        /// Whether what decides gave no ranges.
        var isChoosingApart = true
        /// For comparison alone.
        var heldOut: [CalibrationClip] = []
    }

    /// Of so many recordings, the last but one decides and the last is held out.
    static let partition = 5

    let paths: [String]

    /// Finds recordings.
    ///
    /// - Parameters:
    ///   - source: a folder, which is searched for WAV files, or a list: CSV with a column `path`,
    ///     or text with one path a line.
    ///   - limit: most recordings, spread evenly over all; 0 takes all.
    init(_ source: String, limit: Int) throws(ToolError) {
        var paths = try Self.paths(source)
        guard !paths.isEmpty else {
            throw .input(path: source, line: nil, reason: "no WAV files to calibrate with")
        }
        if limit > 0 && paths.count > limit {
            paths = (0..<limit).map { paths[$0 * paths.count / limit] }
        }
        self.paths = paths
    }

    private static func paths(_ source: String) throws(ToolError) -> [String] {
        if let files = try Files.wavFiles(below: source) { return files }
        let text = try Files.readText(source)
        let lines = text.split(whereSeparator: \.isNewline)
        let header = lines.first.map { $0.split(separator: ",").map(String.init) } ?? []
        guard header.contains("path") else {
            return lines.map { Files.resolve(String($0), relativeTo: source) }
        }
        let table = try CommaSeparatedValues(reading: text, path: source)
        return try table.paths().map { $0.resolved }
    }

    /// Reads the stretches of speech that the device would classify.
    ///
    /// With too few recordings for a share of their own, those that give the ranges decide as well.
    func clips(for model: LoadedModel) throws(ToolError) -> Clips {
        let reader = try SpeechReader(model: model, gate: EnergyGateOptions())
        var clips = Clips()
        var progress = Progress("reading speech", total: paths.count)
        for (index, path) in paths.enumerated() {
            let audio = try AudioClip(path: path)
            let stretches =
                switch model.manifest.task {
                case .emotion: try reader.utterances(of: audio)
                case .speech: try reader.windows(of: audio)
                }
            let found = stretches.map {
                CalibrationClip(name: path, features: $0.features, frameCount: $0.frameCount)
            }
            switch index % Self.partition {
            case Self.partition - 1: clips.heldOut += found
            case Self.partition - 2: clips.choosing += found
            default: clips.fitting += found
            }
            progress.advance()
        }
        if clips.choosing.isEmpty {
            clips.choosing = clips.fitting
            clips.isChoosingApart = false
        }
        return clips
    }
}
