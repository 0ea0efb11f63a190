import Features
import Inference
import ModelDescription
import ModelFile

/// Collects the frames of running speech and classifies stretches of them.
struct EmotionClassifier: ~Copyable {
    let decision: DecisionParameters
    let labelCount: Int
    let channelCount: Int
    /// Frames of the running utterance that are in memory.
    private(set) var frameCount = 0

    private let network: Network
    private var workspace: Workspace
    private let logitScale: FixedPointScale
    /// Features before normalisation: the longest utterance, and behind it the beginning of the
    /// next, so that a cut always leaves enough for another answer.
    private var frames: [Int16]
    /// Level of each frame, Q20 binary logarithm.
    private var levels: [Int32]
    /// Normalised copy of the frames that are classified.
    private var normalized: [Int16]
    /// What is remembered of the utterances before.
    var memory: VoiceMemory

    init(model: Model, options: RecognizerOptions) throws(RecognizerError) {
        let manifest = model.manifest
        guard let logitScale = manifest.decision.logitScale else {
            throw .notQuantized(name: manifest.name)
        }
        self.init(
            manifest: manifest,
            network: try prepareNetwork(model),
            logitScale: logitScale,
            memory: VoiceMemory(for: manifest, isKept: options.voiceMemory > 0)
        )
    }

    private init(
        manifest: ModelManifest,
        network: Network,
        logitScale: FixedPointScale,
        memory: consuming VoiceMemory
    ) {
        self.memory = memory
        self.logitScale = logitScale
        self.network = network
        decision = manifest.decision
        labelCount = manifest.labels.count
        channelCount = manifest.frontEnd.channelCount
        workspace = Workspace(for: network)
        let count = manifest.maximumFrames + manifest.decision.minimumFrames
        frames = Array(repeating: 0, count: count * channelCount)
        levels = Array(repeating: 0, count: count)
        normalized = Array(repeating: 0, count: manifest.maximumFrames * channelCount)
    }

    /// Whether no further frame fits.
    var isFull: Bool { frameCount == levels.count }

    mutating func removeAll() {
        frameCount = 0
    }

    /// Drops the oldest frames until `count` are left.
    mutating func keepLast(_ count: Int) {
        guard frameCount > count else { return }
        let dropped = frameCount - count
        for index in 0..<(count * channelCount) {
            frames[index] = frames[dropped * channelCount + index]
        }
        for index in 0..<count { levels[index] = levels[dropped + index] }
        frameCount = count
    }

    /// Takes the next frame of a stream, if there is one.
    mutating func takeFrame(from stream: inout FrameStream) -> Bool {
        precondition(!isFull)
        guard fill(&frames, at: frameCount * channelCount, from: &stream) else { return false }
        levels[frameCount] = stream.level
        frameCount += 1
        return true
    }

    /// Takes the frame that a front end has ready.
    mutating func takeFrame(from frontEnd: inout FrontEnd, level: Int32) {
        precondition(!isFull)
        compute(&frontEnd, into: &frames, at: frameCount * channelCount)
        levels[frameCount] = level
        frameCount += 1
    }

    /// Drops the oldest frames.
    mutating func dropFirst(_ count: Int) {
        keepLast(frameCount - count)
    }

    /// Remembers the first frames for the normalisation of the next utterances.
    mutating func rememberFirst(_ count: Int) {
        remember(frames, count * channelCount, &memory)
    }

    /// Classifies a stretch of the frames in memory, normalised over them and the voice remembered.
    ///
    /// - Parameter range: within `0..<frameCount`, at most `maximumFrames` of the model long.
    /// - Parameter noiseFloor: level of the noise, Q20 binary logarithm.
    /// - Parameter begin: microseconds of audio; so is `end`.
    mutating func classify(
        _ range: Range<Int>,
        of stream: borrowing FrameStream,
        noiseFloor: Int32,
        begin: Int64,
        end: Int64
    ) -> ClassifiedFrames {
        let start = range.lowerBound * channelCount
        for index in 0..<(range.count * channelCount) {
            normalized[index] = frames[start + index]
        }
        normalize(&normalized, range.count, memory, stream)
        run(network, normalized, range.count, channelCount, &workspace)
        var logits = InlineArray<16, Int8>(repeating: 0)
        for index in 0..<labelCount { logits[index] = workspace.logits[index] }
        return ClassifiedFrames(
            probabilities: ClassProbabilities(
                logits: logits.span.extracting(0..<labelCount),
                scale: logitScale
            ),
            logits: logits,
            fingerprint: fingerprint(normalized, range.count * channelCount),
            level: meanLevel(range),
            noiseFloor: noiseFloor,
            frameCount: range.count,
            begin: begin,
            end: end
        )
    }

    private func meanLevel(_ range: Range<Int>) -> Int32 {
        var sum: Int64 = 0
        for index in range { sum &+= Int64(levels[index]) }
        return Int32(truncatingIfNeeded: sum / Int64(range.count))
    }
}

/// What the network found before the decision.
struct ClassifiedFrames {
    var probabilities: ClassProbabilities
    let logits: InlineArray<16, Int8>
    let fingerprint: UInt64
    let level: Int32
    let noiseFloor: Int32
    let frameCount: Int
    let begin: Int64
    let end: Int64
}

/// FNV-1a over whole values: equal for equal features, and hardly ever for others.
private func fingerprint(_ features: [Int16], _ count: Int) -> UInt64 {
    let values = features.span
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<count {
        hash = (hash ^ UInt64(UInt16(bitPattern: values[index]))) &* 0x0000_0100_0000_01B3
    }
    return hash
}

func prepareNetwork(_ model: Model) throws(RecognizerError) -> Network {
    do {
        return try Network(preparing: model)
    } catch {
        throw .network("\(error)")
    }
}

func compute(_ frontEnd: inout FrontEnd, into frames: inout [Int16], at index: Int) {
    var span = frames.mutableSpan
    frontEnd.computeFrame(into: &span, at: index)
}

private func fill(
    _ frames: inout [Int16],
    at index: Int,
    from stream: inout FrameStream
) -> Bool {
    var span = frames.mutableSpan
    return stream.nextFrame(into: &span, at: index)
}

private func run(
    _ network: Network,
    _ features: [Int16],
    _ frameCount: Int,
    _ channelCount: Int,
    _ workspace: inout Workspace
) {
    network.run(
        features: features.span.extracting(0..<(frameCount * channelCount)),
        frameCount: frameCount,
        workspace: &workspace
    )
}

private func remember(_ frames: [Int16], _ count: Int, _ memory: inout VoiceMemory) {
    memory.append(frames.span.extracting(0..<count))
}

private func normalize(
    _ frames: inout [Int16],
    _ count: Int,
    _ memory: borrowing VoiceMemory,
    _ stream: borrowing FrameStream
) {
    var span = frames.mutableSpan
    stream.normalize(&span, frameCount: count, after: memory)
}
