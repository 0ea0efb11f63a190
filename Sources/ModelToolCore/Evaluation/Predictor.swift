import Features
import ModelDescription
import Quantization
import Recognition
import VoiceActivity

/// Runs a model over recordings: int8 by `Recognizer`, which is the product itself, and full
/// precision by the same gate and front end with the full-precision network.
struct Predictor {
    /// What a recording came to.
    struct Heard {
        let gate: Prediction.Gate
        /// Nil if no stretch of speech was long enough to be classified.
        let prediction: Prediction?

        /// - Parameter hasOpened: whether the gate found speech.
        init(hasOpened: Bool, utterances: [Utterance]) {
            prediction = Prediction(utterances: utterances)
            gate = prediction != nil ? .open : hasOpened ? .short : .shut
        }
    }

    typealias Utterance = (logits: [Double], frameCount: Int)

    private let model: LoadedModel
    private let floatNetwork: FloatNetwork?

    init(_ model: LoadedModel) throws(ToolError) {
        let manifest = model.manifest
        guard manifest.task == .emotion else {
            throw .model(
                path: model.path,
                reason: "expected a model for the task emotion, found \(manifest.task.rawValue)"
            )
        }
        self.model = model
        do throws(QuantizationError) {
            floatNetwork =
                manifest.precision == .float32 ? try FloatNetwork(model.model) : nil
        } catch {
            throw .model(path: model.path, reason: "\(error)")
        }
    }

    /// Classifies a recording.
    ///
    /// - Parameters:
    ///   - gate: nil lets everything pass.
    ///   - memory: what is remembered of the voice until now, and afterwards of this recording too.
    func predict(
        _ clip: AudioClip,
        gate: EnergyGateOptions?,
        after memory: inout VoiceMemory
    ) throws(ToolError) -> Heard {
        if let floatNetwork {
            try hear(clip, floatNetwork, gate, &memory)
        } else {
            try hear(clip, gate, &memory)
        }
    }

    /// Classifies a recording by itself.
    func predict(_ clip: AudioClip, gate: EnergyGateOptions?) throws(ToolError) -> Heard {
        var memory = VoiceMemory(for: model.manifest)
        return try predict(clip, gate: gate, after: &memory)
    }

    private func hear(
        _ clip: AudioClip,
        _ network: FloatNetwork,
        _ gate: EnergyGateOptions?,
        _ memory: inout VoiceMemory
    ) throws(ToolError) -> Heard {
        let temperature = model.manifest.decision.temperature
        let reader = try SpeechReader(model: model, gate: gate)
        let speech = try reader.speech(of: clip, after: &memory)
        let utterances = speech.utterances.map { stretch in
            let logits = network.logits(
                features: stretch.features,
                frameCount: stretch.frameCount
            )
            return (logits.map { Double($0) / temperature }, stretch.frameCount)
        }
        return Heard(hasOpened: speech.segmentCount > 0, utterances: utterances)
    }

    private func hear(
        _ clip: AudioClip,
        _ gate: EnergyGateOptions?,
        _ memory: inout VoiceMemory
    ) throws(ToolError) -> Heard {
        var recognizer = try recognizer(clip, gate)
        recognizer.exchangeVoiceMemory(with: &memory)
        var events: [RecognitionEvent] = []
        var taken = 0
        while taken < clip.samples.count {
            taken += recognizer.process(clip.samples.span.extracting(taken..<clip.samples.count))
            events += recognizer.events
        }
        recognizer.finish()
        events += recognizer.events
        recognizer.exchangeVoiceMemory(with: &memory)
        let hasOpened = events.contains {
            if case .speechStarted = $0 { true } else { false }
        }
        return Heard(hasOpened: hasOpened, utterances: events.compactMap(calibrated))
    }

    /// Calibrated logits of an utterance; the zero point shifts all alike and changes nothing.
    private func calibrated(_ event: RecognitionEvent) -> Utterance? {
        guard case .utterance(_, let answer, _) = event,
            let scale = model.manifest.decision.logitScale
        else { return nil }
        // The scale gives logits over ln 2 in Q16.
        let step = scale.real / 65536 * 0.693147180559945309
        let labelCount = model.manifest.labels.count
        return ((0..<labelCount).map { Double(answer.logits[$0]) * step }, answer.frameCount)
    }

    private func recognizer(
        _ clip: AudioClip,
        _ gate: EnergyGateOptions?
    ) throws(ToolError) -> Recognizer {
        var options = RecognizerOptions()
        options.gate = gate
        do throws(RecognizerError) {
            return try Recognizer(
                model: model.model,
                format: AudioFormat(clip.format),
                options: options
            )
        } catch {
            switch error {
            case .unsupportedFormat:
                throw .input(path: clip.path, line: nil, reason: "\(error)")
            default: throw .model(path: model.path, reason: "\(error)")
            }
        }
    }
}
