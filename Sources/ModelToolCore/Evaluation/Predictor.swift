import ModelDescription
import Quantization
import Recognition
import VoiceActivity

/// Runs a model over recordings: int8 by `Recognizer`, which is the product itself, and full
/// precision by the same gate and front end with the full-precision network.
struct Predictor {
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
    /// - Parameter gate: nil lets everything pass.
    /// - Returns: nil if no stretch of speech was long enough to be classified.
    func predict(
        _ clip: AudioClip,
        gate: EnergyGateOptions?
    ) throws(ToolError) -> Prediction? {
        let utterances =
            if let floatNetwork {
                try utterances(of: clip, floatNetwork, gate)
            } else {
                try utterances(of: clip, gate)
            }
        return Prediction(utterances: utterances)
    }

    private func utterances(
        of clip: AudioClip,
        _ network: FloatNetwork,
        _ gate: EnergyGateOptions?
    ) throws(ToolError) -> [(logits: [Double], frameCount: Int)] {
        let temperature = model.manifest.decision.temperature
        return try SpeechReader(model: model, gate: gate).utterances(of: clip).map { stretch in
            let logits = network.logits(
                features: stretch.features,
                frameCount: stretch.frameCount
            )
            return (logits.map { Double($0) / temperature }, stretch.frameCount)
        }
    }

    private func utterances(
        of clip: AudioClip,
        _ gate: EnergyGateOptions?
    ) throws(ToolError) -> [(logits: [Double], frameCount: Int)] {
        var recognizer = try recognizer(clip, gate)
        var utterances: [(logits: [Double], frameCount: Int)] = []
        var taken = 0
        while taken < clip.samples.count {
            taken += recognizer.process(clip.samples.span.extracting(taken..<clip.samples.count))
            utterances += recognizer.events.compactMap(calibrated)
        }
        recognizer.finish()
        return utterances + recognizer.events.compactMap(calibrated)
    }

    /// Calibrated logits of an utterance; the zero point shifts all alike and changes nothing.
    private func calibrated(
        _ event: RecognitionEvent
    ) -> (logits: [Double], frameCount: Int)? {
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
