import AudioCapture
import EventProtocol
import ModelDescription
import ModelFile
import Recognition
import SystemIntegration

/// What `Hearing` tells and asks.
protocol HearingDelegate: AnyObject {
    /// Whether the model that answers is on probation.
    var isOnProbation: Bool { get }
    /// Something was heard.
    func heard(_ event: Event)
    /// From here on another model answers.
    func tookOver(reason: String)
}

/// The way from samples to events: the recogniser for the format of the microphone, the models that answer,
/// and the model that takes over between two windows.
final class Hearing {
    /// What hearing has cost and brought while the model is on probation.
    struct Effort {
        /// Answers for utterances.
        let answers: [Answer]
        /// How often the network has answered.
        let answerCount: Int
        let processorMicroseconds: UInt64
        let listeningMicroseconds: UInt64
    }

    weak var delegate: (any HearingDelegate)?
    /// The models that answer.
    private(set) var models: ModelSet
    /// Frames that came from the microphone.
    private(set) var frameCount: UInt64 = 0
    private(set) var utteranceCount = 0
    private(set) var windowCount = 0

    private var recognizer: Recognizer?
    private var format: StreamFormat?
    private var translator: EventTranslator
    /// The model that takes over between two windows, and why.
    private var successor: (model: LoadedModel, reason: String)?
    /// Answers for utterances that a model on probation gave and nobody has judged yet.
    private var unjudged: [Answer] = []
    /// Frames of the running hold.
    private var heldFrames = 0
    /// Seconds without speech after which the voice is forgotten.
    private var voiceMemory = 0

    init(_ models: ModelSet) {
        self.models = models
        translator = EventTranslator(labels: models.emotion.model.manifest.labels)
    }

    /// Level of what is heard now, tenths of dBFS; the lowest without a microphone.
    var levelDecibelTenths: Int { recognizer?.level ?? -1200 }

    /// Whether answers are those of a model on probation.
    private var isJudged: Bool { delegate?.isOnProbation == true && successor == nil }

    /// Prepares for a stream.
    ///
    /// The same recogniser goes on after a break when the format is the same: it keeps the mood and what it
    /// knows of the noise.
    ///
    /// - Throws: `modelUnfit`; nothing is heard then.
    func prepare(
        for new: StreamFormat,
        _ options: RecognizerOptions
    ) throws(DaemonError) {
        guard new != format || recognizer == nil else { return }
        takeOver()
        recognizer = nil
        recognizer = try models.recognizer(
            for: AudioFormat(sampleRate: new.sampleRate, channelCount: new.channelCount),
            options: options
        )
        format = new
        voiceMemory = options.voiceMemory
    }

    /// Goes on with other options, if a stream has been prepared for.
    ///
    /// - Throws: `modelUnfit`; nothing is heard then.
    func change(_ options: RecognizerOptions) throws(DaemonError) {
        guard let format else { return }
        finishSpeech()
        recognizer = nil
        try prepare(for: format, options)
    }

    /// Hears.
    ///
    /// - Parameter isHeld: whether what is heard is ignored.
    /// - Returns: what to judge a model on probation by; `nil` when there is none, or it has heard nothing.
    func hear(_ samples: Span<Int16>, isHeld: Bool) -> Effort? {
        guard let format, recognizer != nil else { return nil }
        let frames = samples.count / format.channelCount
        frameCount += UInt64(frames)
        guard !isHeld else {
            pass(heldFrames: frames, of: format)
            return nil
        }
        heldFrames = 0
        let isJudged = isJudged
        let startMicroseconds = isJudged ? Clock.threadProcessorMicroseconds : 0
        let before = utteranceCount + windowCount
        let arrivedFrames = (recognizer?.position ?? 0) + Int64(frames)
        let arrivedMicroseconds = arrivedFrames * 1_000_000 / Int64(format.sampleRate)
        var taken = 0
        while taken < samples.count {
            taken += recognizer?.process(samples.extracting(taken..<samples.count)) ?? 0
            tellEvents(arrivedMicroseconds: arrivedMicroseconds)
        }
        guard isJudged else { return nil }
        defer { unjudged.removeAll(keepingCapacity: true) }
        return Effort(
            answers: unjudged,
            answerCount: utteranceCount + windowCount - before,
            processorMicroseconds: Clock.threadProcessorMicroseconds - startMicroseconds,
            listeningMicroseconds: UInt64(frames) * 1_000_000 / UInt64(format.sampleRate)
        )
    }

    /// Sound of a hold is thrown away; as time without speech it counts all the same.
    private func pass(heldFrames frames: Int, of format: StreamFormat) {
        heldFrames += frames
        if heldFrames >= voiceMemory * format.sampleRate { recognizer?.forgetVoice() }
    }

    /// Ends the running speech.
    func finishSpeech() {
        guard let time = recognizer?.time else { return }
        recognizer?.finish()
        tellEvents(arrivedMicroseconds: time)
    }

    /// Ends the running speech, and forgets how the voice sounded.
    func forgetVoice() {
        finishSpeech()
        recognizer?.forgetVoice()
    }

    /// Lets a model answer from the next boundary between two windows on.
    ///
    /// - Throws: `RecognizerError`; nothing is heard then. The manager has prepared the model before, so it is
    ///   the memory's fault and not the model's.
    func adopt(
        _ model: LoadedModel,
        reason: String,
        _ options: RecognizerOptions
    ) throws(RecognizerError) {
        successor = (model: model, reason: reason)
        unjudged.removeAll()
        guard recognizer != nil else { return takeOver() }
        do throws(RecognizerError) {
            recognizer?.adopt(try PreparedModel(model.model, options: options))
        } catch {
            takeOver()
            recognizer = nil
            throw error
        }
        if recognizer?.hasAdopted == true { takeOver() }
    }

    private func tellEvents(arrivedMicroseconds: Int64) {
        guard let count = recognizer?.events.count else { return }
        for index in 0..<count {
            guard let event = recognizer?.events[index] else { return }
            switch event {
            case .utterance(_, let answer, _):
                utteranceCount += 1
                if isJudged { unjudged.append(answer) }
            case .emotion: windowCount += 1
            case .speechStarted, .speechStopped, .mood: break
            }
            delegate?.heard(translator.event(event, arrivedMicroseconds: arrivedMicroseconds))
        }
        // What was told until now is still of the model before.
        if recognizer?.hasAdopted == true { takeOver() }
    }

    /// From here on the successor answers, if there is one.
    private func takeOver() {
        guard let next = successor else { return }
        successor = nil
        models = models.with(emotion: next.model)
        unjudged.removeAll()
        translator = EventTranslator(labels: next.model.model.manifest.labels)
        delegate?.tookOver(reason: next.reason)
    }
}
