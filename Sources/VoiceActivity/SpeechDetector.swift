import Features
import Inference
import ModelDescription
public import ModelFile

/// Tells speech from other sound by a small int8 network with its own front end.
///
/// Looks at what the energy gate lets through, one window every hop. What lies before a segment
/// counts as its first frame repeated, so the first answer comes a hop after the gate has opened.
/// Speech begins when its probability reaches the upper threshold and ends when it has stayed below
/// the lower one for the hangover.
public struct SpeechDetector: ~Copyable {
    /// Why a detector cannot be prepared.
    public enum PreparationError: Error, Equatable {
        /// The model is not an int8 model for the task `speech`.
        case wrongModel(String)
        /// Front end or network refuse the model.
        case unusable(String)
    }

    /// Milliseconds of audio that are heard after the hop that a window tells about; speech models
    /// are trained to answer that much later.
    public static let delay = 160
    /// Milliseconds before the answer in which its speech may have begun: the delay, and what it
    /// takes to be sure.
    public static let onsetReach = 480

    /// Probability in per mille at which speech begins.
    static let speechThreshold = 500
    /// Probability in per mille below which speech may end.
    static let silenceThreshold = 350
    /// Milliseconds below the lower threshold after which speech ends.
    static let hangover = 400

    /// Whether there is speech.
    public private(set) var isSpeech = false
    /// Latest probability of speech in per mille.
    public private(set) var probability = 0
    /// Logit of speech minus that of silence in the latest window, in steps of the int8 output.
    public private(set) var margin = 0
    /// Windows judged since the beginning of the segment.
    public private(set) var windowCount = 0

    private var frontEnd: FrontEnd
    private let network: Network
    private var workspace: Workspace
    private let logitScale: FixedPointScale
    private let windowFrames: Int
    private let hopFrames: Int
    private let hangoverWindows: Int
    /// The last `windowFrames` frames, oldest first.
    private var frames: [Int16]
    private var normalized: [Int16]
    private var hasFrames = false
    private var framesSinceWindow = 0
    private var quietWindows = 0

    /// Prepares a detector.
    ///
    /// - Throws: `wrongModel` or `unusable`.
    public init(model: Model) throws(PreparationError) {
        let manifest = model.manifest
        guard manifest.task == .speech, let logitScale = manifest.decision.logitScale else {
            throw .wrongModel(
                "expected an int8 model for the task speech, found \(manifest.name): "
                    + "\(manifest.precision.rawValue), \(manifest.task.rawValue)"
            )
        }
        self.init(
            manifest: manifest,
            network: try prepareNetwork(model),
            frontEnd: try prepareFrontEnd(model),
            logitScale: logitScale
        )
    }

    private init(
        manifest: ModelManifest,
        network: Network,
        frontEnd: consuming FrontEnd,
        logitScale: FixedPointScale
    ) {
        self.network = network
        self.frontEnd = frontEnd
        workspace = Workspace(for: network)
        self.logitScale = logitScale
        windowFrames = manifest.decision.windowFrames
        hopFrames = manifest.decision.hopFrames
        let hopMilliseconds = hopFrames * manifest.frontEnd.hopLength * 1000 / 16_000
        hangoverWindows = max(1, Self.hangover / max(1, hopMilliseconds))
        frames = Array(repeating: 0, count: windowFrames * manifest.frontEnd.channelCount)
        normalized = frames
    }

    /// Forgets what was heard: the next sample is the first of a segment.
    public mutating func reset() {
        frontEnd.reset()
        isSpeech = false
        probability = 0
        margin = 0
        windowCount = 0
        hasFrames = false
        framesSinceWindow = 0
        quietWindows = 0
    }

    /// Looks at 16 kHz mono samples.
    ///
    /// - Parameter count: how many of `samples` count.
    public mutating func process(_ samples: [Int16], count: Int) {
        var taken = 0
        while taken < count {
            taken += frontEnd.push(samples.span.extracting(taken..<count))
            if frontEnd.isFrameReady { takeFrame() }
        }
    }

    private mutating func takeFrame() {
        let channelCount = frontEnd.channelCount
        let last = frames.count - channelCount
        for index in 0..<last { frames[index] = frames[index + channelCount] }
        compute(&frontEnd, into: &frames, at: last)
        if !hasFrames {
            hasFrames = true
            for index in 0..<last { frames[index] = frames[last + index % channelCount] }
        }
        framesSinceWindow += 1
        guard framesSinceWindow >= hopFrames else { return }
        framesSinceWindow = 0
        judgeWindow()
    }

    private mutating func judgeWindow() {
        for index in 0..<frames.count { normalized[index] = frames[index] }
        normalize(&normalized, windowFrames, frontEnd)
        run(network, features: normalized, frameCount: windowFrames, &workspace)
        let logits = workspace.logits
        let probabilities = ClassProbabilities(logits: logits.span, scale: logitScale)
        probability = Int(probabilities.perMille[1])
        margin = Int(logits[1]) - Int(logits[0])
        windowCount += 1
        if probability >= Self.speechThreshold {
            isSpeech = true
            quietWindows = 0
        } else if isSpeech && probability < Self.silenceThreshold {
            quietWindows += 1
            if quietWindows >= hangoverWindows { isSpeech = false }
        } else {
            quietWindows = 0
        }
    }
}

extension SpeechDetector.PreparationError: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .wrongModel(let reason), .unusable(let reason): reason
        }
    }
}

private func prepareFrontEnd(
    _ model: Model
) throws(SpeechDetector.PreparationError) -> FrontEnd {
    do {
        return try FrontEnd(options: model.manifest.frontEnd, tables: model.frontEndTables)
    } catch {
        throw .unusable("\(error)")
    }
}

private func prepareNetwork(
    _ model: Model
) throws(SpeechDetector.PreparationError) -> Network {
    do {
        return try Network(preparing: model)
    } catch {
        throw .unusable("\(error)")
    }
}

private func compute(_ frontEnd: inout FrontEnd, into frames: inout [Int16], at index: Int) {
    var span = frames.mutableSpan
    frontEnd.computeFrame(into: &span, at: index)
}

private func run(
    _ network: Network,
    features: [Int16],
    frameCount: Int,
    _ workspace: inout Workspace
) {
    network.run(features: features.span, frameCount: frameCount, workspace: &workspace)
}

private func normalize(_ frames: inout [Int16], _ count: Int, _ frontEnd: borrowing FrontEnd) {
    var span = frames.mutableSpan
    frontEnd.normalize(&span, frameCount: count)
}
