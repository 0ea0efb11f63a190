import AudioCapture
import ModelDescription
import ModelFile
import Recognition
import VoiceActivity

/// Runs a speech model over recordings through gate, front end and windows of the product.
struct SpeechScorer {
    /// What the model says about a recording, one entry for each whole block.
    struct Scores {
        /// Logit of speech minus that of silence; nil where the gate was closed.
        var margins: [Double?]
        /// Whether the product takes the block for speech, thresholds and hangover included; false
        /// everywhere for a full-precision model, which the product does not run.
        var isSpeech: [Bool]
        /// How often speech began.
        var startCount = 0
    }

    /// One time that the gate was open, in blocks.
    private struct Segment {
        let begin: Int
        /// One for each window, in order.
        var margins: [Double] = []
        /// What the product said when each block had passed.
        var decisions: [Bool] = []
    }

    /// A block is ten milliseconds, as in the gate.
    static let blockMilliseconds = 1000 / SpeechGate.blocksPerSecond

    private let model: LoadedModel

    init(_ model: LoadedModel) {
        self.model = model
    }

    /// Scores a recording.
    ///
    /// - Parameter gate: nil lets everything pass.
    func scores(_ clip: AudioClip, gate: EnergyGateOptions?) throws(ToolError) -> Scores {
        let block = clip.format.sampleRate / SpeechGate.blocksPerSecond
        let blockCount = clip.samples.count / clip.format.channelCount / block
        var scores = Scores(
            margins: Array(repeating: nil, count: blockCount),
            isSpeech: Array(repeating: false, count: blockCount)
        )
        var stream = try frameStream(clip, gate)
        var judge = try SpeechJudge(model)
        var segment: Segment?
        var taken = 0
        while taken < clip.samples.count {
            taken += stream.push(clip.samples.span.extracting(taken..<clip.samples.count))
            guard stream.isBlockReady else { continue }
            let step = stream.step()
            guard step != .closed else { continue }
            let passed = stream.passedCount / block
            if step == .opened {
                segment = Segment(begin: Int(stream.position) / block - passed)
                judge.reset()
            }
            let wasSpeech = judge.isSpeech
            segment?.margins += judge.margins(of: &stream)
            if judge.isSpeech && !wasSpeech { scores.startCount += 1 }
            segment?.decisions += Array(repeating: judge.isSpeech, count: passed)
            if step == .closing, let ended = segment {
                note(ended, &scores)
                segment = nil
            }
        }
        if let segment { note(segment, &scores) }
        return scores
    }

    /// Writes what was said in a segment over the blocks that it is about; the first and the last
    /// answer reach to its ends.
    private func note(_ segment: Segment, _ scores: inout Scores) {
        let manifest = model.manifest
        let decisions = segment.decisions
        let delayBlocks = SpeechDetector.delay / Self.blockMilliseconds
        let hop = manifest.decision.hopFrames * manifest.frontEnd.hopLength
        let samplesPerMillisecond = FrontEndOptions.sampleRate / 1000
        // The first window ends with frame `hopFrames` and tells about the hop before the delay.
        let firstBegin =
            manifest.frontEnd.frameLength - manifest.frontEnd.hopLength
            - SpeechDetector.delay * samplesPerMillisecond
        for block in 0..<decisions.count where segment.begin + block < scores.margins.count {
            let middle = (block * 2 + 1) * Self.blockMilliseconds * samplesPerMillisecond / 2
            let window = max(0, middle - firstBegin) / hop
            scores.margins[segment.begin + block] =
                segment.margins.isEmpty
                ? nil : segment.margins[min(window, segment.margins.count - 1)]
            scores.isSpeech[segment.begin + block] =
                decisions[min(block + delayBlocks, decisions.count - 1)]
        }
    }

    private func frameStream(
        _ clip: AudioClip,
        _ gate: EnergyGateOptions?
    ) throws(ToolError) -> FrameStream {
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
