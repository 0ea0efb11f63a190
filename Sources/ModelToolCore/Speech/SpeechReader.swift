import Features
import ModelDescription
import ModelFile
import Recognition
import VoiceActivity

/// Cuts recordings into the stretches of frames that the product classifies as utterances.
///
/// The same gate, resampler, front end, cuts and normalisation as `Recognizer`, without a network:
/// for calibration and for full-precision models.
struct SpeechReader: ~Copyable {
    /// A stretch of normalised frames.
    struct Stretch {
        /// [frameCount, channelCount], as the network sees them.
        let features: [Int16]
        let frameCount: Int
    }

    private let model: LoadedModel
    private let gate: EnergyGateOptions?
    /// Normalises; the frames themselves come out of a `FrameStream`.
    private let frontEnd: FrontEnd
    private let channelCount: Int

    /// - Parameter gate: nil lets everything pass.
    init(model: LoadedModel, gate: EnergyGateOptions?) throws(ToolError) {
        // Before the others are set: Swift 6.2 cannot take back a structure that is half made.
        do throws(FeaturesError) {
            frontEnd = try FrontEnd(
                options: model.manifest.frontEnd,
                tables: model.model.frontEndTables
            )
        } catch {
            throw .model(path: model.path, reason: "\(error)")
        }
        self.model = model
        self.gate = gate
        channelCount = model.manifest.frontEnd.channelCount
    }

    /// The utterances of a recording.
    func utterances(of clip: AudioClip) throws(ToolError) -> [Stretch] {
        try speech(of: clip).utterances
    }

    /// The utterances of a recording, and how often the gate was open.
    func speech(
        of clip: AudioClip
    ) throws(ToolError) -> (segmentCount: Int, utterances: [Stretch]) {
        let decision = model.manifest.decision
        let segments = try segments(of: clip)
        var stretches: [Stretch] = []
        for segment in segments {
            let length = model.manifest.maximumFrames * channelCount
            for start in stride(from: 0, to: segment.count, by: length) {
                let frames = segment[start..<min(start + length, segment.count)]
                if frames.count >= decision.minimumFrames * channelCount {
                    stretches.append(normalized(frames))
                }
            }
        }
        return (segments.count, stretches)
    }

    /// Windows of `windowFrames` frames of a recording, one after the other without overlap.
    func windows(of clip: AudioClip) throws(ToolError) -> [Stretch] {
        let length = model.manifest.decision.windowFrames * channelCount
        var stretches: [Stretch] = []
        for segment in try segments(of: clip) {
            for start in stride(from: 0, through: segment.count - length, by: length) {
                stretches.append(normalized(segment[start..<start + length]))
            }
        }
        return stretches
    }

    private func normalized(_ frames: ArraySlice<Int16>) -> Stretch {
        var features = Array(frames)
        var span = features.mutableSpan
        let frameCount = frames.count / channelCount
        frontEnd.normalize(&span, frameCount: frameCount)
        return Stretch(features: features, frameCount: frameCount)
    }

    /// Frames before normalisation, one array for each time that the gate was open.
    private func segments(of clip: AudioClip) throws(ToolError) -> [[Int16]] {
        var stream = try frameStream(clip)
        var segments: [[Int16]] = []
        var taken = 0
        while taken < clip.samples.count {
            taken += stream.push(clip.samples.span.extracting(taken..<clip.samples.count))
            guard stream.isBlockReady else { continue }
            if stream.step() == .opened { segments.append([]) }
            while let frame = nextFrame(of: &stream) {
                segments[segments.count - 1] += frame
            }
        }
        return segments
    }

    private func nextFrame(of stream: inout FrameStream) -> [Int16]? {
        var frame = [Int16](repeating: 0, count: channelCount)
        var span = frame.mutableSpan
        return stream.nextFrame(into: &span, at: 0) ? frame : nil
    }

    private func frameStream(_ clip: AudioClip) throws(ToolError) -> FrameStream {
        let manifest = model.manifest
        do throws(RecognizerError) {
            return try FrameStream(
                format: AudioFormat(clip.format),
                options: manifest.frontEnd,
                tables: model.model.frontEndTables,
                preRollFrames: manifest.decision.preRollFrames,
                gate: gate
            )
        } catch {
            throw .input(path: clip.path, line: nil, reason: "\(error)")
        }
    }
}
