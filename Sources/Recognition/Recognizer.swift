public import Features
import Inference
public import ModelDescription
public import ModelFile
import VoiceActivity

/// The whole product without an operating system: samples in, events out.
///
/// Integer arithmetic from the first sample to the last event, so the same samples give the same
/// events on every processor, however they are cut into calls. After preparation nothing fails and
/// nothing allocates.
///
/// A model with `voiceMemoryFrames` normalises every answer over its own frames and those of the
/// utterances before it. They are forgotten after a long time without speech, by `forgetVoice`, and with the
/// model; a break of the stream does not forget them.
public struct Recognizer: ~Copyable {
    /// Events of the last call of `process` or `finish`, oldest first.
    public private(set) var events: [RecognitionEvent] = []
    /// Whether somebody is speaking.
    public private(set) var isSpeech = false
    /// Whether the model that was to be adopted has taken over at the end of the last call.
    ///
    /// What is in `events` then is still of the one before it.
    public private(set) var hasAdopted = false

    private var stream: FrameStream
    private var model: PreparedModel
    /// The model that takes over between two windows.
    private var successor: PreparedModel?
    /// Frames of the running speech that the successor leaves to the model in charge; nil as long as
    /// it does not hear.
    private var boundary: Int?
    private var hasAnsweredWindow = false
    private var detector: SpeechDetector?
    private let moodHalfLife: Int64
    private var mood: MoodTracker
    /// Beginning of the running speech in microseconds of audio.
    private var speechBegin: Int64 = 0
    /// Frames of the running utterance at which the next window is due.
    private var nextWindow = 0
    /// When the last speech ended, and how much later its voice is forgotten; microseconds of audio.
    private var speechEnd: Int64 = 0
    private let voiceMemory: Int64
    /// Level of the noise before the running speech, Q20.
    private var noiseFloor: Int32 = 0

    /// Prepares recognition.
    ///
    /// - Parameter model: an int8 model for the task `emotion`.
    /// - Parameter speechModel: an int8 model for the task `speech`; nil leaves the decision what
    ///   is speech to the energy gate.
    /// - Throws: `RecognizerError`.
    public init(
        model: Model,
        speechModel: Model? = nil,
        format: AudioFormat,
        options: RecognizerOptions = RecognizerOptions()
    ) throws(RecognizerError) {
        var prepared = try PreparedModel(model, options: options)
        self.init(
            stream: try FrameStream(
                format: format,
                frontEnd: prepared.takeFrontEnd(),
                preRollFrames: prepared.manifest.decision.preRollFrames,
                gate: options.gate
            ),
            model: prepared,
            detector: try prepareDetector(speechModel),
            options: options
        )
    }

    private init(
        stream: consuming FrameStream,
        model: consuming PreparedModel,
        detector: consuming SpeechDetector?,
        options: RecognizerOptions
    ) {
        self.stream = stream
        self.detector = detector
        moodHalfLife = Int64(max(1, options.moodHalfLife)) * 1_000_000
        mood = MoodTracker(labelCount: model.manifest.labels.count, halfLife: moodHalfLife)
        voiceMemory = Int64(max(0, options.voiceMemory)) * 1_000_000
        events.reserveCapacity(Self.eventCapacity(model.manifest))
        self.model = model
    }

    /// What the emotion model in charge says about itself.
    public var manifest: ModelManifest { model.manifest }

    /// One block can end a long pre-roll: every frame of it may bring a window.
    private static func eventCapacity(_ manifest: ModelManifest) -> Int {
        2 * manifest.decision.preRollFrames + 64
    }

    /// Native frames of audio that have been judged.
    public var position: Int64 { stream.position }

    /// Microseconds of audio that have been judged.
    public var time: Int64 { stream.position * 1_000_000 / Int64(stream.format.sampleRate) }

    /// Frames of features computed since the beginning.
    public var frameCount: Int64 { stream.frameCount }

    /// Level of the last block in tenths of a decibel below full scale.
    public var level: Int { Level.tenthsOfDecibel(stream.level) }

    /// Processes interleaved samples until there is an event or there are no more.
    ///
    /// - Returns: how many samples were taken. Read `events` and `hasAdopted`, then call again with
    ///   the rest.
    public mutating func process(_ samples: Span<Int16>) -> Int {
        beginCall()
        var taken = 0
        while taken < samples.count && events.isEmpty && !hasAdopted {
            taken += stream.push(samples.extracting(taken..<samples.count))
            if stream.isBlockReady { processBlock() }
        }
        return taken
    }

    /// Ends the running speech at the end of a file or at a break of the stream.
    ///
    /// A block that is not full is dropped. Speech that goes on after the break starts anew.
    public mutating func finish() {
        beginCall()
        endSpeech()
        stream.endSegment()
        advanceSuccessor()
    }

    /// Forgets the voice that was heard, such as when the microphone is muted: end the running speech
    /// by `finish` before, or its frames are remembered when it ends.
    public mutating func forgetVoice() {
        model.classifier.memory.removeAll()
    }

    /// Goes on with what another recogniser of the same model has heard of a voice, and gives back what
    /// this one has.
    public mutating func exchangeVoiceMemory(with other: inout VoiceMemory) {
        swap(&model.classifier.memory, &other)
    }

    /// Lets another model take over between two windows; gate and speech detector stay as they are.
    ///
    /// Where nobody speaks that is at once. In running speech the new model begins to hear behind a
    /// window of the old one, and takes over as soon as it has heard enough for an answer: the old one
    /// answers for what was before, as an utterance that is continued, and the new one for all that
    /// follows. Speech that ends before belongs to the old one alone. So every frame of sound is
    /// answered by one model, and none is lost.
    ///
    /// Read `hasAdopted` after this call, too.
    public mutating func adopt(_ model: consuming PreparedModel) {
        beginCall()
        boundary = nil
        successor = consume model
        advanceSuccessor()
    }

    private mutating func beginCall() {
        events.removeAll(keepingCapacity: true)
        hasAdopted = false
    }

    private mutating func processBlock() {
        let step = stream.step()
        hasAnsweredWindow = false
        if !isSpeech && time - speechEnd >= voiceMemory { forgetVoice() }
        defer { advanceSuccessor() }
        guard step != .closed else { return }
        if boundary != nil { successor?.hear(stream, isSpeech: isSpeech) }
        if step == .opened {
            model.classifier.removeAll()
            detector?.reset()
            if detector == nil { beginSpeech() }
        }
        detector?.process(stream.converted, count: stream.convertedCount)
        while takeFrame() {}
        if let isDetected = detector?.isSpeech {
            if isDetected && !isSpeech { beginSpeech() }
            if !isDetected && isSpeech { endSpeech() }
        }
        if step == .closing { endSpeech() }
    }

    private mutating func beginSpeech() {
        isSpeech = true
        boundary = nil
        let passed = Int64(detector == nil ? stream.passedCount : 0)
        let rate = Int64(stream.format.sampleRate)
        speechBegin =
            (stream.position - passed) * 1_000_000 / rate
            - Int64(model.classifier.frameCount) * model.hopDuration
        nextWindow = model.classifier.decision.minimumFrames
        noiseFloor = stream.noiseFloor
        model.decision.reset()
        events.append(.speechStarted(time: time, begin: speechBegin))
    }

    private mutating func endSpeech() {
        guard isSpeech else { return }
        isSpeech = false
        speechEnd = time
        boundary = nil
        let minimum = model.classifier.decision.minimumFrames
        let count = model.classifier.frameCount
        if count > model.classifier.decision.maximumUtteranceFrames {
            // Parts may overlap in models whose longest utterance is below twice the shortest.
            answerUtterance(max(minimum, count - minimum), isContinued: true)
            model.classifier.keepLast(minimum)
        }
        if model.classifier.frameCount >= minimum {
            answerUtterance(model.classifier.frameCount, isContinued: false)
        }
        model.classifier.removeAll()
        events.append(.speechStopped(time: time, begin: speechBegin))
    }

    private mutating func takeFrame() -> Bool {
        if !isSpeech {
            // The detector has not heard speech yet, and answers late: keep the pre-roll and that.
            model.classifier.keepLast(model.framesBeforeSpeech)
        }
        guard model.classifier.takeFrame(from: &stream) else { return false }
        guard isSpeech else { return true }
        // What a successor hears already is not answered by the model before it, too.
        if model.classifier.frameCount >= nextWindow && boundary == nil {
            nextWindow = model.classifier.frameCount + model.classifier.decision.hopFrames
            answerWindow()
        }
        if model.classifier.isFull { cutUtterance() }
        return true
    }

    /// Answers for the longest utterance; the frames behind it begin the next one.
    ///
    /// A cut is made only when enough frames for another answer have come after it, so a continued
    /// utterance is always followed by one that ends it.
    private mutating func cutUtterance() {
        let count = model.classifier.decision.maximumUtteranceFrames
        boundary = nil
        answerUtterance(count, isContinued: true)
        model.classifier.dropFirst(count)
        nextWindow -= count
    }

    private mutating func answerWindow() {
        let count = model.classifier.frameCount
        let found = classify(max(0, count - model.classifier.decision.windowFrames)..<count)
        events.append(.emotion(time: time, model.decision.answerWindow(found)))
        hasAnsweredWindow = true
    }

    private mutating func answerUtterance(_ count: Int, isContinued: Bool) {
        let found = classify(0..<count)
        let answer = model.decision.answer(found)
        events.append(.utterance(time: time, answer, isContinued: isContinued))
        model.classifier.rememberFirst(count)
        let duration = answer.end - answer.begin
        if let mood = mood.add(found.probabilities, duration: duration, time: time) {
            events.append(.mood(time: time, mood))
        }
    }

    private mutating func classify(_ range: Range<Int>) -> ClassifiedFrames {
        let behind = Int64(model.classifier.frameCount - range.upperBound)
        let end = time - behind * model.hopDuration
        let duration = Int64(range.count - 1) * model.hopDuration + model.frameDuration
        // Speech without a pause lifts the floor; what was before it stays the noise.
        return model.classifier.classify(
            range,
            of: stream,
            noiseFloor: min(noiseFloor, stream.noiseFloor),
            begin: max(0, end - duration),
            end: end
        )
    }
}

extension Recognizer {
    /// Lets the successor begin to hear, or take over; at the end of a block.
    private mutating func advanceSuccessor() {
        guard let decision = successor?.manifest.decision,
            let heard = successor?.classifier.frameCount
        else { return }
        guard stream.isOpen else { return takeOver() }
        guard let boundary else { return beginHearing() }
        if isSpeech {
            guard heard >= decision.minimumFrames else { return }
            answerUtterance(boundary, isContinued: true)
            nextWindow = decision.minimumFrames
        } else {
            guard heard >= successor?.framesBeforeSpeech ?? 0 else { return }
        }
        takeOver()
    }

    /// Begins between two windows, when the model in charge has enough for its last answer.
    private mutating func beginHearing() {
        let count = model.classifier.frameCount
        let decision = model.manifest.decision
        let range = decision.minimumFrames...decision.maximumUtteranceFrames
        guard isSpeech ? hasAnsweredWindow && range.contains(count) : count > 0 else { return }
        successor?.beginHearing(stream)
        boundary = count
    }

    private mutating func takeOver() {
        guard var next = successor.take() else { return }
        stream.replaceFrontEnd(
            next.takeFrontEnd(),
            preRollFrames: next.manifest.decision.preRollFrames
        )
        if next.manifest.labels != model.manifest.labels {
            mood = MoodTracker(labelCount: next.manifest.labels.count, halfLife: moodHalfLife)
        }
        model = next
        boundary = nil
        hasAdopted = true
        events.reserveCapacity(Self.eventCapacity(model.manifest))
    }
}

private func prepareDetector(_ model: Model?) throws(RecognizerError) -> SpeechDetector? {
    guard let model else { return nil }
    do {
        return try SpeechDetector(model: model)
    } catch {
        throw .speechModel("\(error)")
    }
}
