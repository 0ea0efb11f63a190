public import ModelDescription

/// What the normalisation remembers of the utterances before: no frames and no sound, sums of each
/// channel alone.
///
/// An answer is normalised over its own frames and those remembered. So what differs between
/// utterances of one voice, its level, colour and effort, is not taken away together with the
/// microphone and the speaker.
///
/// After preparation nothing fails and nothing allocates.
public struct VoiceMemory: ~Copyable {
    /// Most frames that are remembered; with 0 nothing is.
    public let frameLimit: Int
    /// Frames that are remembered.
    public private(set) var frameCount = 0

    private let channelCount: Int
    private let minimumFrames: Int
    /// Of all utterances together, [2, channelCount]: sums, then sums of squares.
    private var totals: [Int64]
    /// A ring of utterances: the frames of each, and the same sums, [capacity, 2, channelCount].
    private var frameCounts: [Int]
    private var sums: [Int64]
    /// Where the oldest utterance stands in the ring, and how many there are.
    private var oldest = 0
    private var utteranceCount = 0

    /// Prepares an empty memory.
    ///
    /// - Parameter frameLimit: 0 … 2048; at least the longest utterance, or 0.
    /// - Parameter minimumFrames: frames of the shortest utterance, at least 1.
    public init(frameLimit: Int, channelCount: Int, minimumFrames: Int) {
        precondition((0...2048).contains(frameLimit) && minimumFrames >= 1)
        self.frameLimit = frameLimit
        self.channelCount = channelCount
        self.minimumFrames = minimumFrames
        let capacity = frameLimit / minimumFrames + 1
        totals = Array(repeating: 0, count: 2 * channelCount)
        frameCounts = Array(repeating: 0, count: capacity)
        sums = Array(repeating: 0, count: capacity * 2 * channelCount)
    }

    /// Prepares an empty memory for the utterances of a model.
    ///
    /// - Parameter isKept: false remembers nothing, whatever the model asks for.
    public init(for manifest: ModelManifest, isKept: Bool = true) {
        self.init(
            frameLimit: isKept ? manifest.decision.voiceMemoryFrames : 0,
            channelCount: manifest.frontEnd.channelCount,
            minimumFrames: manifest.decision.minimumFrames
        )
    }

    /// Forgets everything: sums are set to zero.
    public mutating func removeAll() {
        while utteranceCount > 0 { removeOldest() }
    }

    /// Remembers an utterance, and forgets the oldest until at most `frameLimit` frames are left.
    ///
    /// - Shape: `frames` [frameCount, channelCount], before normalisation.
    /// - Range: `minimumFrames` … `frameLimit` frames; with a limit of 0 nothing is looked at.
    /// - Overflow: of at most 4096 frames, sums stay within ±2^27 and sums of squares within 2^42.
    public mutating func append(_ frames: Span<Int16>) {
        guard frameLimit > 0 else { return }
        let added = frames.count / channelCount
        precondition(added >= minimumFrames && added <= frameLimit)
        let slot = (oldest + utteranceCount) % frameCounts.count
        let first = slot * 2 * channelCount
        for channel in 0..<channelCount {
            var sum: Int64 = 0
            var squares: Int64 = 0
            var index = channel
            for _ in 0..<added {
                let value = Int64(frames[index])
                sum &+= value
                squares &+= value &* value
                index &+= channelCount
            }
            sums[first + channel] = sum
            sums[first + channelCount + channel] = squares
        }
        for index in 0..<totals.count { totals[index] &+= sums[first + index] }
        frameCounts[slot] = added
        frameCount += added
        utteranceCount += 1
        while frameCount > frameLimit { removeOldest() }
    }

    /// Of the frames that are remembered, [2, channelCount]: sums of each channel, then sums of squares.
    var remembered: Span<Int64> {
        @_lifetime(borrow self)
        borrowing get { totals.span }
    }

    private mutating func removeOldest() {
        let first = oldest * 2 * channelCount
        for index in 0..<totals.count {
            totals[index] &-= sums[first + index]
            sums[first + index] = 0
        }
        frameCount -= frameCounts[oldest]
        frameCounts[oldest] = 0
        oldest = (oldest + 1) % frameCounts.count
        utteranceCount -= 1
    }
}
