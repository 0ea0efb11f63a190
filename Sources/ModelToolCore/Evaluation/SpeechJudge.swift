import Features
import ModelDescription
import ModelFile
import Quantization
import Recognition
import VoiceActivity

/// Answers window by window: int8 by `SpeechDetector`, which is the product itself, and full
/// precision by the same frames and windows with the full-precision network.
struct SpeechJudge: ~Copyable {
    /// Whether the product takes what it hears for speech.
    private(set) var isSpeech = false

    private let windowFrames: Int
    private let hopFrames: Int
    private let hopLength: Int
    private var detector: SpeechDetector?
    private let floatNetwork: FloatNetwork?
    /// Normalises; the frames themselves come out of a `FrameStream`.
    private let frontEnd: FrontEnd
    private var frame: [Int16]
    /// Frames of the segment, full precision only.
    private var frames: [Int16] = []

    init(_ model: LoadedModel) throws(ToolError) {
        let isFloat = model.manifest.precision == .float32
        self.init(
            manifest: model.manifest,
            detector: isFloat
                ? nil
                : try prepared(model.path) { () throws in
                    try SpeechDetector(model: model.model)
                },
            floatNetwork: isFloat
                ? try prepared(model.path) { () throws in try FloatNetwork(model.model) } : nil,
            frontEnd: try prepared(model.path) { () throws in
                try FrontEnd(
                    options: model.manifest.frontEnd,
                    tables: model.model.frontEndTables
                )
            }
        )
    }

    private init(
        manifest: ModelManifest,
        detector: consuming SpeechDetector?,
        floatNetwork: FloatNetwork?,
        frontEnd: consuming FrontEnd
    ) {
        windowFrames = manifest.decision.windowFrames
        hopFrames = manifest.decision.hopFrames
        hopLength = manifest.frontEnd.hopLength
        frame = Array(repeating: 0, count: manifest.frontEnd.channelCount)
        self.detector = detector
        self.floatNetwork = floatNetwork
        self.frontEnd = frontEnd
    }

    /// The next sample is the first of a segment.
    mutating func reset() {
        detector?.reset()
        isSpeech = false
        frames.removeAll(keepingCapacity: true)
    }

    /// The margins of the windows that the last step of a stream completes.
    mutating func margins(of stream: inout FrameStream) -> [Double] {
        var margins: [Double] = []
        while nextFrame(of: &stream, into: &frame) {
            guard let floatNetwork else { continue }
            frames += frame
            guard frames.count / frame.count % hopFrames == 0 else { continue }
            let logits = floatNetwork.logits(features: window(), frameCount: windowFrames)
            margins.append(Double(logits[1] - logits[0]))
        }
        // Pieces of one hop of the front end complete one frame at most, so no window is missed.
        for begin in stride(from: 0, to: stream.convertedCount, by: hopLength) {
            let piece = Array(
                stream.converted[begin..<min(begin + hopLength, stream.convertedCount)]
            )
            let before = detector?.windowCount
            detector?.process(piece, count: piece.count)
            if detector?.windowCount != before, let margin = detector?.margin {
                margins.append(Double(margin))
            }
            if let isSpeech = detector?.isSpeech { self.isSpeech = isSpeech }
        }
        return margins
    }

    /// The last `windowFrames` frames, normalised, with the first one repeated before the segment.
    private func window() -> [Int16] {
        let missing = max(0, windowFrames - frames.count / frame.count)
        var window: [Int16] = []
        for _ in 0..<missing { window += frames[..<frame.count] }
        window += frames.suffix((windowFrames - missing) * frame.count)
        var span = window.mutableSpan
        frontEnd.normalize(&span, frameCount: windowFrames)
        return window
    }
}

private func nextFrame(of stream: inout FrameStream, into frame: inout [Int16]) -> Bool {
    var span = frame.mutableSpan
    return stream.nextFrame(into: &span, at: 0)
}

private func prepared<Value: ~Copyable>(
    _ path: String,
    _ body: () throws -> Value
) throws(ToolError) -> Value {
    do {
        return try body()
    } catch {
        throw .model(path: path, reason: "\(error)")
    }
}
