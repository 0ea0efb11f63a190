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

    /// A recording, and who speaks if the list says it.
    typealias Recording = (path: String, speaker: String?)

    let recordings: [Recording]

    var paths: [String] { recordings.map(\.path) }

    /// Finds recordings.
    ///
    /// - Parameters:
    ///   - source: a folder, which is searched for WAV files, or a list: CSV with a column `path`
    ///     and, if there, `speaker`, or text with one path a line.
    ///   - limit: most recordings, spread evenly over all; 0 takes all.
    init(_ source: String, limit: Int) throws(ToolError) {
        var recordings = try Self.recordings(source)
        guard !recordings.isEmpty else {
            throw .input(path: source, line: nil, reason: "no WAV files to calibrate with")
        }
        if limit > 0 && recordings.count > limit {
            recordings = (0..<limit).map { recordings[$0 * recordings.count / limit] }
        }
        self.recordings = recordings
    }

    private static func recordings(_ source: String) throws(ToolError) -> [Recording] {
        if let files = try Files.wavFiles(below: source) { return files.map { ($0, nil) } }
        let text = try Files.readText(source)
        let lines = text.split(whereSeparator: \.isNewline)
        let header = lines.first.map { $0.split(separator: ",").map(String.init) } ?? []
        guard header.contains("path") else {
            return lines.map { (Files.resolve(String($0), relativeTo: source), nil) }
        }
        let table = try CommaSeparatedValues(reading: text, path: source)
        let column = table.columns.firstIndex(of: "speaker")
        return zip(try table.paths(), table.rows).map { path, row in
            let speaker = column.map { row.fields[$0] } ?? ""
            return (path.resolved, speaker.isEmpty ? nil : speaker)
        }
    }

    /// Reads the stretches of speech that the device would classify.
    ///
    /// With too few recordings for a share of their own, those that give the ranges decide as well. A
    /// model with memory remembers a speaker from one recording to the next, so that ranges are those of
    /// what a device sees.
    func clips(for model: LoadedModel) throws(ToolError) -> Clips {
        let reader = try SpeechReader(model: model, gate: EnergyGateOptions())
        var clips = Clips()
        var voice = RememberedVoice(model.manifest)
        var progress = Progress("reading speech", total: recordings.count)
        for (index, (path, speaker)) in recordings.enumerated() {
            let audio = try AudioClip(path: path)
            voice.begin(speaker)
            let stretches =
                switch model.manifest.task {
                case .emotion: try reader.speech(of: audio, after: &voice.memory).utterances
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
