import EventProtocol
import JSONText
import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import SystemIntegration

/// What `ListModels` tells of model files that are not loaded: each is read once, for as long as the file
/// and its signature stay the same, so that who may ask can keep neither the disk nor the loop busy.
package struct ModelCards {
    /// What is told of a model.
    package struct Card {
        let task: ModelManifest.Task
        let precision: ModelManifest.Precision
        let digest: String
        let object: JSONObject

        /// The card with where the model stands, and a note.
        func json(_ phase: ModelReference.Phase, note: String?) -> JSONObject {
            var object = object
            object["phase"] = .string(phase.rawValue)
            object["note"] = note.map { .string($0) }
            return object
        }
    }

    private struct Known {
        let files: [FileStatus?]
        let card: Result<Card, ModelRejection>
    }

    private var known: [String: Known] = [:]

    /// Makes an empty collection.
    package init() {}

    /// The card of a model file.
    ///
    /// - Parameter read: reads the file with all checks; called when it is not known as it is now.
    /// - Throws: what reading it has thrown.
    package mutating func card(
        of path: String,
        read: () throws(ModelRejection) -> VerifiedModel
    ) throws(ModelRejection) -> Card {
        let files = [path, path + VerifiedModel.signatureSuffix].map { try? FileStatus(of: $0) }
        if let found = known[path], found.files == files { return try found.card.get() }
        let card: Result<Card, ModelRejection>
        do throws(ModelRejection) {
            let model = LoadedModel(try read())
            card = .success(
                Card(
                    task: model.model.manifest.task,
                    precision: model.model.manifest.precision,
                    digest: model.digest.hexadecimal,
                    object: model.json
                )
            )
        } catch {
            card = .failure(error)
        }
        known[path] = Known(files: files, card: card)
        return try card.get()
    }

    /// Forgets all files but these.
    mutating func keep(_ paths: [String]) {
        known = known.filter { paths.contains($0.key) }
    }

    /// Forgets everything: other keys may count now.
    mutating func removeAll() {
        known = [:]
    }
}
