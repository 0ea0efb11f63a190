import ModelDescription
import Quantization
import VoiceActivity

/// The recordings that a model is calibrated with.
struct CalibrationSet {
    /// Every so many-th recording is held out of calibration and used for comparison alone.
    static let heldOutStride = 5

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
    /// - Returns: those for calibration, and those held out.
    func clips(
        for model: LoadedModel
    ) throws(ToolError) -> (calibration: [CalibrationClip], heldOut: [CalibrationClip]) {
        let reader = try SpeechReader(model: model, gate: EnergyGateOptions())
        var calibration: [CalibrationClip] = []
        var heldOut: [CalibrationClip] = []
        var progress = Progress("reading speech", total: paths.count)
        for (index, path) in paths.enumerated() {
            let audio = try AudioClip(path: path)
            let stretches =
                switch model.manifest.task {
                case .emotion: try reader.utterances(of: audio)
                case .speech: try reader.windows(of: audio)
                }
            for stretch in stretches {
                let clip = CalibrationClip(
                    name: path,
                    features: stretch.features,
                    frameCount: stretch.frameCount
                )
                if index % Self.heldOutStride == Self.heldOutStride - 1 {
                    heldOut.append(clip)
                } else {
                    calibration.append(clip)
                }
            }
            progress.advance()
        }
        return (calibration, heldOut)
    }
}
