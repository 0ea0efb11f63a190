import DaemonConfiguration
import ModelDescription
import ModelFile
import ModelStore
import Recognition
import SystemIntegration

/// The models that run: one for emotions, perhaps one for speech.
package struct ModelSet {
    /// Where packages put models; they are trusted by their place.
    package static let packagedFolder = "/usr/share/affectd/models"

    /// The model for emotions.
    package private(set) var emotion: LoadedModel
    /// The model for speech, `nil` for the energy gate alone.
    package let speech: LoadedModel?
    /// What is wrong with the packaged models that were left out.
    package let skipped: [DaemonError]

    /// Takes the configured models, else the packaged ones.
    ///
    /// - Parameter check: what a packaged model must pass before it is chosen.
    /// - Throws: `noModel`, `modelUnreadable`, `modelInvalid`, `modelUnfit`.
    package init(
        _ configuration: Configuration,
        packagedFolder: String = packagedFolder,
        check: (LoadedModel) throws(DaemonError) -> Void = { model throws(DaemonError) in
            try model.checkThatItRuns()
        }
    ) throws(DaemonError) {
        let chosenSpeech: LoadedModel?
        if let path = configuration.text(.speechModel) {
            chosenSpeech = try LoadedModel(path: path)
        } else {
            chosenSpeech = nil
        }
        if let path = configuration.text(.emotionModel) {
            // Who names a model gets that model alone, whatever is installed beside.
            emotion = try LoadedModel(path: path)
            speech = chosenSpeech
            skipped = []
        } else {
            let (packaged, unusable) = Self.packagedModels(in: packagedFolder, check)
            skipped = unusable
            guard let found = packaged.first(where: { $0.model.manifest.task == .emotion }) else {
                if let first = unusable.first { throw first }
                throw .noModel(
                    "no model: give one with --model, or in $AFFECT_MODEL,"
                        + " or install one in \(packagedFolder)"
                )
            }
            emotion = found
            speech = chosenSpeech ?? packaged.first { $0.model.manifest.task == .speech }
        }
        // Prepared once with a format that always works: what fails later is the microphone's fault.
        _ = try recognizer(for: AudioFormat(sampleRate: 16_000, channelCount: 1))
    }

    /// Takes a model for emotions that is chosen already; what else runs is as by `init(_:)`.
    ///
    /// - Throws: as `init(_:)`.
    init(
        _ configuration: Configuration,
        emotion: LoadedModel,
        policy: TrustPolicy
    ) throws(DaemonError) {
        self.emotion = emotion
        let packaged = VerifiedModel.packaged(.speech, policy: policy)
        var unusable = packaged.rejected.map { DaemonError.modelRejected($0) }
        if let path = configuration.text(.speechModel) {
            speech = try LoadedModel(path: path)
        } else {
            speech = packaged.models.map { LoadedModel($0) }.first { model in
                do throws(DaemonError) {
                    try model.checkThatItRuns()
                    return true
                } catch {
                    unusable.append(error)
                    return false
                }
            }
        }
        skipped = unusable
        _ = try recognizer(for: AudioFormat(sampleRate: 16_000, channelCount: 1))
    }

    /// The same models, with another one for emotions.
    func with(emotion: LoadedModel) -> ModelSet {
        var models = self
        models.emotion = emotion
        return models
    }

    /// Prepares recognition for a stream.
    ///
    /// - Throws: `modelUnfit`.
    func recognizer(
        for format: AudioFormat,
        options: RecognizerOptions = RecognizerOptions()
    ) throws(DaemonError) -> Recognizer {
        do throws(RecognizerError) {
            return try Recognizer(
                model: emotion.model,
                speechModel: speech?.model,
                format: format,
                options: options
            )
        } catch .speechModel(let reason) {
            throw .modelUnfit(path: speech?.path ?? "", .speechModel(reason))
        } catch {
            throw .modelUnfit(path: emotion.path, error)
        }
    }

    /// The int8 models of a folder, in the order of their names, and why others cannot be used.
    private static func packagedModels(
        in folder: String,
        _ check: (LoadedModel) throws(DaemonError) -> Void
    ) -> (models: [LoadedModel], unusable: [DaemonError]) {
        var models: [LoadedModel] = []
        var unusable: [DaemonError] = []
        for name in Directory.names(in: folder) where name.hasSuffix(".affect") {
            do throws(DaemonError) {
                let loaded = try LoadedModel(path: "\(folder)/\(name)")
                guard loaded.model.manifest.precision == .int8 else { continue }
                try check(loaded)
                models.append(loaded)
            } catch {
                unusable.append(error)
            }
        }
        return (models, unusable)
    }
}
