import Inference
public import ModelDescription
public import ModelFile
import VoiceActivity

/// The whole product without an operating system: samples in, events out.
///
/// Integer arithmetic from the first sample to the last event, so the same samples give the same
/// events on every processor, however they are cut into calls. After preparation nothing fails and
/// nothing allocates.
public struct Recognizer: ~Copyable {
    /// Events of the last call of `process` or `finish`, oldest first.
    public private(set) var events: [RecognitionEvent] = []
    /// Whether somebody is speaking.
    public private(set) var isSpeech = false
    /// What the emotion model says about itself.
    public let manifest: ModelManifest

    private var stream: FrameStream
    private var classifier: EmotionClassifier
    private var detector: SpeechDetector?
    private var decision: Decision
    private var mood: MoodTracker
    /// Beginning of the running speech in microseconds of audio.
    private var speechBegin: Int64 = 0
    /// Frames of the running utterance at which the next window is due.
    private var nextWindow = 0
    /// Level of the noise before the running speech, Q20.
    private var noiseFloor: Int32 = 0
    /// Frames that are kept of what was heard before the detector's answer.
    private let framesBeforeSpeech: Int
    private let frameDuration: Int64
    private let hopDuration: Int64

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
        let manifest = model.manifest
        guard manifest.task == .emotion else {
            throw .wrongTask(expected: .emotion, found: manifest.task)
        }
        self.init(
            manifest: manifest,
            stream: try FrameStream(
                format: format,
                options: manifest.frontEnd,
                tables: model.frontEndTables,
                preRollFrames: manifest.decision.preRollFrames,
                gate: options.gate
            ),
            classifier: try EmotionClassifier(model: model),
            detector: try prepareDetector(speechModel),
            options: options
        )
    }

    private init(
        manifest: ModelManifest,
        stream: consuming FrameStream,
        classifier: consuming EmotionClassifier,
        detector: consuming SpeechDetector?,
        options: RecognizerOptions
    ) {
        self.manifest = manifest
        self.stream = stream
        self.classifier = classifier
        self.detector = detector
        decision = Decision(parameters: manifest.decision, options: options)
        mood = MoodTracker(
            labelCount: manifest.labels.count,
            halfLife: Int64(max(1, options.moodHalfLife)) * 1_000_000
        )
        let rate = Int64(FrontEndOptions.sampleRate)
        let reach = SpeechDetector.onsetReach * FrontEndOptions.sampleRate / 1000
        framesBeforeSpeech = max(
            0,
            min(
                manifest.decision.preRollFrames + reach / manifest.frontEnd.hopLength,
                manifest.maximumFrames
            ) - 1
        )
        frameDuration = Int64(manifest.frontEnd.frameLength) * 1_000_000 / rate
        hopDuration = Int64(manifest.frontEnd.hopLength) * 1_000_000 / rate
        // One block can end a long pre-roll: every frame of it may bring a window.
        events.reserveCapacity(2 * manifest.decision.preRollFrames + 64)
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
    /// - Returns: how many samples were taken. Read `events`, then call again with the rest.
    public mutating func process(_ samples: Span<Int16>) -> Int {
        events.removeAll(keepingCapacity: true)
        var taken = 0
        while taken < samples.count && events.isEmpty {
            taken += stream.push(samples.extracting(taken..<samples.count))
            if stream.isBlockReady { processBlock() }
        }
        return taken
    }

    /// Ends the running speech at the end of a file or at a break of the stream.
    ///
    /// A block that is not full is dropped. Speech that goes on after the break starts anew.
    public mutating func finish() {
        events.removeAll(keepingCapacity: true)
        endSpeech()
        stream.endSegment()
    }

    private mutating func processBlock() {
        let step = stream.step()
        guard step != .closed else { return }
        if step == .opened {
            classifier.removeAll()
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
        let passed = Int64(detector == nil ? stream.passedCount : 0)
        let rate = Int64(stream.format.sampleRate)
        speechBegin =
            (stream.position - passed) * 1_000_000 / rate
            - Int64(classifier.frameCount) * hopDuration
        nextWindow = classifier.decision.minimumFrames
        noiseFloor = stream.noiseFloor
        decision.reset()
        events.append(.speechStarted(time: time, begin: speechBegin))
    }

    private mutating func endSpeech() {
        guard isSpeech else { return }
        isSpeech = false
        let minimum = classifier.decision.minimumFrames
        if classifier.frameCount > classifier.decision.maximumUtteranceFrames {
            // Parts may overlap in models whose longest utterance is below twice the shortest.
            answerUtterance(max(minimum, classifier.frameCount - minimum), isContinued: true)
            classifier.keepLast(minimum)
        }
        if classifier.frameCount >= minimum {
            answerUtterance(classifier.frameCount, isContinued: false)
        }
        classifier.removeAll()
        events.append(.speechStopped(time: time, begin: speechBegin))
    }

    private mutating func takeFrame() -> Bool {
        if !isSpeech {
            // The detector has not heard speech yet, and answers late: keep the pre-roll and that.
            classifier.keepLast(framesBeforeSpeech)
        }
        guard classifier.takeFrame(from: &stream) else { return false }
        guard isSpeech else { return true }
        if classifier.frameCount >= nextWindow {
            nextWindow = classifier.frameCount + classifier.decision.hopFrames
            answerWindow()
        }
        if classifier.isFull { cutUtterance() }
        return true
    }

    /// Answers for the longest utterance; the frames behind it begin the next one.
    ///
    /// A cut is made only when enough frames for another answer have come after it, so a continued
    /// utterance is always followed by one that ends it.
    private mutating func cutUtterance() {
        let count = classifier.decision.maximumUtteranceFrames
        answerUtterance(count, isContinued: true)
        classifier.dropFirst(count)
        nextWindow -= count
    }

    private mutating func answerWindow() {
        let count = classifier.frameCount
        let found = classify(max(0, count - classifier.decision.windowFrames)..<count)
        events.append(.emotion(time: time, decision.answerWindow(found)))
    }

    private mutating func answerUtterance(_ count: Int, isContinued: Bool) {
        let found = classify(0..<count)
        let answer = decision.answer(found)
        events.append(.utterance(time: time, answer, isContinued: isContinued))
        let duration = answer.end - answer.begin
        if let mood = mood.add(found.probabilities, duration: duration, time: time) {
            events.append(.mood(time: time, mood))
        }
    }

    private mutating func classify(_ range: Range<Int>) -> ClassifiedFrames {
        let end = time - Int64(classifier.frameCount - range.upperBound) * hopDuration
        let duration = Int64(range.count - 1) * hopDuration + frameDuration
        // Speech without a pause lifts the floor; what was before it stays the noise.
        return classifier.classify(
            range,
            of: stream,
            noiseFloor: min(noiseFloor, stream.noiseFloor),
            begin: max(0, end - duration),
            end: end
        )
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
