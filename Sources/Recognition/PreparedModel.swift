import Features
public import ModelDescription
public import ModelFile
import VoiceActivity

/// An emotion model with all that it needs to answer, prepared aside: see `Recognizer.adopt`.
public struct PreparedModel: ~Copyable {
    /// What the model says about itself.
    public let manifest: ModelManifest

    var classifier: EmotionClassifier
    var decision: Decision
    /// Frames that are kept of what was heard before the detector's answer.
    let framesBeforeSpeech: Int
    /// Microseconds of audio of a frame, and from one to the next.
    let frameDuration: Int64
    let hopDuration: Int64

    /// Its front end; the stream has it from the moment on that the model is in charge.
    private var frontEnd: FrontEnd?

    /// Prepares a model.
    ///
    /// - Parameter model: an int8 model for the task `emotion`.
    /// - Throws: `RecognizerError`.
    public init(
        _ model: Model,
        options: RecognizerOptions = RecognizerOptions()
    ) throws(RecognizerError) {
        let manifest = model.manifest
        guard manifest.task == .emotion else {
            throw .wrongTask(expected: .emotion, found: manifest.task)
        }
        self.init(
            manifest: manifest,
            frontEnd: try prepareFrontEnd(manifest.frontEnd, model.frontEndTables),
            classifier: try EmotionClassifier(model: model, options: options),
            options: options
        )
    }

    private init(
        manifest: ModelManifest,
        frontEnd: consuming FrontEnd,
        classifier: consuming EmotionClassifier,
        options: RecognizerOptions
    ) {
        self.manifest = manifest
        self.frontEnd = consume frontEnd
        self.classifier = classifier
        decision = Decision(parameters: manifest.decision, options: options)
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
    }

    /// Gives the front end away to the stream.
    mutating func takeFrontEnd() -> FrontEnd {
        guard let frontEnd = frontEnd.take() else {
            preconditionFailure("a model takes over once")
        }
        return frontEnd
    }

    /// Begins to hear behind the last frame of the model that is in charge.
    mutating func beginHearing(_ stream: borrowing FrameStream) {
        classifier.removeAll()
        guard var own = frontEnd.take() else { return }
        let waiting = stream.begin(&own)
        hear(waiting, waiting.count, level: stream.level, by: &own)
        frontEnd = consume own
    }

    /// Hears what the stream converted in its last step.
    ///
    /// - Parameter isSpeech: whether all frames count, or the last ones from before speech alone.
    mutating func hear(_ stream: borrowing FrameStream, isSpeech: Bool) {
        guard var own = frontEnd.take() else { return }
        hear(stream.converted, stream.convertedCount, level: stream.level, by: &own)
        if !isSpeech { classifier.keepLast(framesBeforeSpeech) }
        frontEnd = consume own
    }

    private mutating func hear(
        _ samples: [Int16],
        _ count: Int,
        level: Int32,
        by frontEnd: inout FrontEnd
    ) {
        var taken = 0
        while taken < count {
            taken += frontEnd.push(samples.span.extracting(taken..<count))
            if frontEnd.isFrameReady { classifier.takeFrame(from: &frontEnd, level: level) }
        }
    }
}
