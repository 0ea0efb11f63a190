import AcceleratedKernels
import SignalKernels

/// The first stage of the product: passes on sound and the moment before it, at the native rate.
///
/// Push interleaved samples until a block is ready, step, and read `passed`. A closed gate costs a
/// downmix and one variance a block. However the samples are cut into pushes, what passes is the
/// same.
public struct SpeechGate: ~Copyable {
    /// What a block did to the gate.
    public enum Step: Equatable, Sendable {
        /// Closed; nothing passes.
        case closed
        /// Opened with this block; the pre-roll passes first, and this block ends it.
        case opened
        /// Open; this block passes.
        case open
        /// Closed with this block, which still passes.
        case closing
    }

    /// Blocks in a second.
    public static let blocksPerSecond = 100

    /// Mono frames of one block.
    public let blockLength: Int
    /// Frames that have been stepped over since the beginning of the stream.
    public private(set) var position: Int64 = 0
    /// Level of the last block, Q20 binary logarithm (see `Level`).
    public private(set) var level: Int32 = -4 << 20
    /// Mono samples of the last step; the first `passedCount` of them passed the gate.
    public private(set) var passed: [Int16]
    /// How many samples passed in the last step.
    public private(set) var passedCount = 0

    private let channelCount: Int
    private let isAlwaysOpen: Bool
    /// Frames of the blocks that open the gate: part of what it missed.
    private let openingLength: Int
    private var energyGate: EnergyGate
    private var isOpen = false
    private var interleaved: [Int16]
    private var filledCount = 0
    private var block: [Int16]
    private var preRoll: SampleRing

    /// Whether the gate is open after the last step.
    public var isPassing: Bool { isOpen }

    /// Level of the noise, Q20 binary logarithm (see `Level`).
    public var noiseFloor: Int32 { energyGate.floor }

    /// Prepares a gate.
    ///
    /// - Parameter sampleRate: native rate in hertz, 8000 … 192,000.
    /// - Parameter channelCount: interleaved channels, 1 … 32.
    /// - Parameter preRoll: native frames that pass from before the sound that opened the gate.
    /// - Parameter options: nil for a gate that is always open.
    public init(
        sampleRate: Int,
        channelCount: Int,
        preRoll: Int,
        options: EnergyGateOptions? = EnergyGateOptions()
    ) {
        blockLength = sampleRate / Self.blocksPerSecond
        self.channelCount = channelCount
        isAlwaysOpen = options == nil
        let options = options ?? EnergyGateOptions()
        energyGate = EnergyGate(options: options)
        interleaved = Array(repeating: 0, count: blockLength * channelCount)
        block = Array(repeating: 0, count: blockLength)
        openingLength = options.minimumSpeechBlocks * blockLength
        let capacity = preRoll + openingLength
        self.preRoll = SampleRing(capacity: capacity)
        passed = Array(repeating: 0, count: capacity)
    }

    /// Whether the next call must be `step`.
    public var isBlockReady: Bool { filledCount == interleaved.count }

    /// Takes samples until a block is ready or there are no more.
    ///
    /// - Returns: how many were taken; 0 while a block is ready.
    public mutating func push(_ samples: Span<Int16>) -> Int {
        let start = filledCount
        let count = min(samples.count, interleaved.count - start)
        place(samples.extracting(0..<count), into: &interleaved, at: start)
        filledCount = start + count
        return count
    }

    /// Lets so many native frames pass from before the sound that opens the gate, from now on.
    ///
    /// What the gate decides stays the same. Between two blocks.
    public mutating func setPreRoll(_ preRoll: Int) {
        let capacity = preRoll + openingLength
        self.preRoll.resize(capacity: capacity)
        passed = Array(repeating: 0, count: capacity)
        passedCount = 0
    }

    /// Closes the gate at a break of the stream, and drops a block that is not full.
    ///
    /// The noise floor stays. Sound that goes on after the break opens the gate again.
    public mutating func close() {
        energyGate.close()
        isOpen = false
        filledCount = 0
        preRoll.removeAll()
    }

    /// Judges the block that is ready and makes room for the next.
    ///
    /// - Precondition: `isBlockReady`.
    public mutating func step() -> Step {
        precondition(isBlockReady)
        mix(interleaved, channelCount: channelCount, into: &block)
        level = blockLogVariance(block.span)
        position += Int64(blockLength)
        filledCount = 0
        let wasOpen = isOpen
        let transition = energyGate.process(level: level)
        isOpen = energyGate.isOpen || isAlwaysOpen
        if wasOpen {
            passBlock()
            if isAlwaysOpen || transition != .closed { return .open }
            preRoll.removeAll()
            return .closing
        }
        preRoll.append(block)
        guard isOpen else {
            passedCount = 0
            return .closed
        }
        passedCount = preRoll.count
        preRoll.copy(into: &passed)
        preRoll.removeAll()
        return .opened
    }

    private mutating func passBlock() {
        passedCount = blockLength
        copyBlock(block, into: &passed)
    }
}

private func copyBlock(_ block: [Int16], into passed: inout [Int16]) {
    place(block.span, into: &passed, at: 0)
}

private func mix(_ samples: [Int16], channelCount: Int, into block: inout [Int16]) {
    var target = block.mutableSpan
    KernelVariant.fastest.downmix(samples.span, channelCount: channelCount, into: &target)
}
