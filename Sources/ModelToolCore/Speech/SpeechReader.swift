import Features
import ModelDescription
import ModelFile
import Recognition
import VoiceActivity

/// Cuts recordings into the stretches of frames that the product classifies as utterances.
///
/// The same gate, resampler, front end, cuts and normalisation as `Recognizer`, without a network:
/// for calibration and for full-precision models.
package struct SpeechReader: ~Copyable {
    /// A stretch of normalised frames.
    package struct Stretch {
        /// [frameCount, channelCount], as the network sees them.
        package let features: [Int16]
        package let frameCount: Int
    }

    /// Microseconds of audio without speech after which a device forgets the voice, if nothing else is
    /// configured.
    private static let voiceMemory = Int64(RecognizerOptions().voiceMemory) * 1_000_000

    private let model: LoadedModel
    private let gate: EnergyGateOptions?
    /// Normalises; the frames themselves come out of a `FrameStream`.
    private let frontEnd: FrontEnd
    private let channelCount: Int

    /// - Parameter gate: nil lets everything pass.
    package init(model: LoadedModel, gate: EnergyGateOptions?) throws(ToolError) {
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

    /// The utterances of a recording, and how often the gate was open.
    ///
    /// - Parameter memory: what is remembered of the voice until now, and afterwards of this recording too.
    package func speech(
        of clip: AudioClip,
        after memory: inout VoiceMemory
    ) throws(ToolError) -> (segmentCount: Int, utterances: [Stretch]) {
        let decision = model.manifest.decision
        let segments = try segments(of: clip)
        var stretches: [Stretch] = []
        var silenceBegin: Int64 = 0
        for segment in segments {
            if segment.begin - silenceBegin >= Self.voiceMemory { memory.removeAll() }
            silenceBegin = segment.end
            let length = model.manifest.maximumFrames * channelCount
            for start in stride(from: 0, to: segment.frames.count, by: length) {
                let frames = segment.frames[start..<min(start + length, segment.frames.count)]
                if frames.count >= decision.minimumFrames * channelCount {
                    stretches.append(normalized(frames, after: memory))
                    memory.append(frames.span)
                }
            }
        }
        return (segments.count, stretches)
    }

    /// Windows of `windowFrames` frames of a recording, one after the other without overlap.
    func windows(of clip: AudioClip) throws(ToolError) -> [Stretch] {
        let length = model.manifest.decision.windowFrames * channelCount
        let nothing = VoiceMemory(for: model.manifest)
        var stretches: [Stretch] = []
        for segment in try segments(of: clip) {
            let frames = segment.frames
            for start in stride(from: 0, through: frames.count - length, by: length) {
                stretches.append(normalized(frames[start..<start + length], after: nothing))
            }
        }
        return stretches
    }

    private func normalized(
        _ frames: ArraySlice<Int16>,
        after memory: borrowing VoiceMemory
    ) -> Stretch {
        var features = Array(frames)
        var span = features.mutableSpan
        let frameCount = frames.count / channelCount
        frontEnd.normalize(&span, frameCount: frameCount, after: memory)
        return Stretch(features: features, frameCount: frameCount)
    }

    /// What passed while the gate was open once.
    private struct Segment {
        /// When the gate opened and closed, microseconds of audio.
        let begin: Int64
        var end: Int64
        /// [frameCount, channelCount] before normalisation.
        var frames: [Int16] = []
    }

    private func segments(of clip: AudioClip) throws(ToolError) -> [Segment] {
        var stream = try frameStream(clip)
        var segments: [Segment] = []
        var taken = 0
        while taken < clip.samples.count {
            taken += stream.push(clip.samples.span.extracting(taken..<clip.samples.count))
            guard stream.isBlockReady else { continue }
            let step = stream.step()
            let time = stream.position * 1_000_000 / Int64(stream.format.sampleRate)
            if step == .opened { segments.append(Segment(begin: time, end: time)) }
            guard step != .closed else { continue }
            segments[segments.count - 1].end = time
            while let frame = nextFrame(of: &stream) {
                segments[segments.count - 1].frames += frame
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
