import Features
public import ModelDescription
public import VoiceActivity

/// The way from the microphone to frames of features: gate, resampler, front end.
///
/// Push samples until a block is ready, step, then take rows until there are none. Every segment
/// starts afresh, so its frames depend on its own samples alone.
public struct FrameStream: ~Copyable {
    /// The format of the samples that are pushed.
    public let format: AudioFormat
    /// Values of one frame.
    public var channelCount: Int { frontEnd.channelCount }
    /// Frames computed since the beginning of the stream.
    public private(set) var frameCount: Int64 = 0
    /// 16 kHz mono samples of the last step, the first `convertedCount` of them.
    public private(set) var converted: [Int16]
    /// How many samples the last step converted.
    public private(set) var convertedCount = 0

    private var gate: SpeechGate
    private var resampler: Resampler
    private var frontEnd: FrontEnd
    /// Converted samples that the front end has taken.
    private var takenCount = 0

    /// Prepares a stream with the front end of a model.
    ///
    /// - Parameter preRollFrames: frames of the model that pass from before the gate opened.
    /// - Throws: `unsupportedFormat`, or `frontEnd` if options and tables do not fit together.
    public init(
        format: AudioFormat,
        options: FrontEndOptions,
        tables: FrontEndTables,
        preRollFrames: Int,
        gate gateOptions: EnergyGateOptions?
    ) throws(RecognizerError) {
        try self.init(
            format: format,
            frontEnd: try prepareFrontEnd(options, tables),
            preRollFrames: preRollFrames,
            gate: gateOptions
        )
    }

    /// Prepares a stream around a front end.
    ///
    /// - Throws: `unsupportedFormat`.
    init(
        format: AudioFormat,
        frontEnd: consuming FrontEnd,
        preRollFrames: Int,
        gate gateOptions: EnergyGateOptions?
    ) throws(RecognizerError) {
        guard (8000...192_000).contains(format.sampleRate), (1...32).contains(format.channelCount)
        else { throw .unsupportedFormat(format) }
        self.init(
            format: format,
            gate: SpeechGate(
                sampleRate: format.sampleRate,
                channelCount: format.channelCount,
                preRoll: Self.preRoll(preRollFrames, frontEnd.options, format),
                options: gateOptions
            ),
            resampler: try prepareResampler(format),
            frontEnd: frontEnd
        )
    }

    private init(
        format: AudioFormat,
        gate: consuming SpeechGate,
        resampler: consuming Resampler,
        frontEnd: consuming FrontEnd
    ) {
        self.format = format
        converted = Array(
            repeating: 0,
            count: resampler.outputCapacity(forInputCount: gate.passed.count)
        )
        self.gate = gate
        self.resampler = resampler
        self.frontEnd = frontEnd
    }

    /// Native frames that pass from before the gate opened.
    private static func preRoll(
        _ frames: Int,
        _ options: FrontEndOptions,
        _ format: AudioFormat
    ) -> Int {
        frames * options.hopLength * format.sampleRate / FrontEndOptions.sampleRate
    }

    /// Native frames that have been stepped over.
    public var position: Int64 { gate.position }

    /// Level of the last block, Q20 binary logarithm (see `Level`).
    public var level: Int32 { gate.level }

    /// Level of the noise, in the same units.
    var noiseFloor: Int32 { gate.noiseFloor }

    /// Whether the gate is open.
    public var isOpen: Bool { gate.isPassing }

    /// Native frames that passed in the last step.
    public var passedCount: Int { gate.passedCount }

    /// Whether the next call must be `step`.
    public var isBlockReady: Bool { gate.isBlockReady }

    /// Takes samples until a block is ready or there are no more.
    ///
    /// - Returns: how many were taken; 0 while a block is ready.
    public mutating func push(_ samples: Span<Int16>) -> Int {
        gate.push(samples)
    }

    /// Ends the running segment at a break of the stream, and drops a block that is not full.
    mutating func endSegment() {
        gate.close()
    }

    /// Judges the block that is ready and converts what passes.
    ///
    /// - Precondition: `isBlockReady`, and `nextFrame` has returned false.
    public mutating func step() -> SpeechGate.Step {
        let step = gate.step()
        takenCount = 0
        convertedCount = 0
        if step == .opened {
            resampler.reset()
            frontEnd.reset()
        }
        if step != .closed {
            convertedCount = convert(gate.passed, gate.passedCount, &resampler, &converted)
        }
        return step
    }

    /// Computes the next frame of what the last step let pass.
    ///
    /// - Parameter frames: [channelCount] values are written from `index` on.
    /// - Returns: false when there are no more samples for a whole frame.
    public mutating func nextFrame(
        into frames: inout MutableSpan<Int16>,
        at index: Int
    ) -> Bool {
        takenCount += take(converted, takenCount..<convertedCount, &frontEnd)
        guard frontEnd.isFrameReady else { return false }
        frontEnd.computeFrame(into: &frames, at: index)
        frameCount += 1
        return true
    }

    /// Goes on with another front end; gate and resampler stay as they are.
    ///
    /// Between two blocks: `nextFrame` has returned false.
    ///
    /// - Parameter preRollFrames: frames of the new model that pass from before the gate opened.
    mutating func replaceFrontEnd(_ new: consuming FrontEnd, preRollFrames: Int) {
        gate.setPreRoll(Self.preRoll(preRollFrames, new.options, format))
        converted = Array(
            repeating: 0,
            count: resampler.outputCapacity(forInputCount: gate.passed.count)
        )
        convertedCount = 0
        takenCount = 0
        frontEnd = new
    }

    /// Lets another front end go on behind the last frame of this one.
    ///
    /// - Returns: the samples to push into it first.
    func begin(_ other: inout FrontEnd) -> [Int16] {
        other.begin(behind: frontEnd)
        return frontEnd.waiting
    }

    /// Normalises frames as the model's options say, over themselves and those remembered.
    func normalize(
        _ frames: inout MutableSpan<Int16>,
        frameCount: Int,
        after memory: borrowing VoiceMemory
    ) {
        frontEnd.normalize(&frames, frameCount: frameCount, after: memory)
    }
}

func prepareFrontEnd(
    _ options: FrontEndOptions,
    _ tables: FrontEndTables
) throws(RecognizerError) -> FrontEnd {
    do {
        return try FrontEnd(options: options, tables: tables)
    } catch {
        throw .frontEnd("\(error)")
    }
}

private func prepareResampler(_ format: AudioFormat) throws(RecognizerError) -> Resampler {
    do {
        return try Resampler(inputRate: format.sampleRate)
    } catch {
        throw .unsupportedFormat(format)
    }
}

private func convert(
    _ samples: [Int16],
    _ count: Int,
    _ resampler: inout Resampler,
    _ output: inout [Int16]
) -> Int {
    var target = output.mutableSpan
    return resampler.process(samples.span.extracting(0..<count), into: &target)
}

private func take(
    _ samples: [Int16],
    _ range: Range<Int>,
    _ frontEnd: inout FrontEnd
) -> Int {
    frontEnd.push(samples.span.extracting(range))
}
