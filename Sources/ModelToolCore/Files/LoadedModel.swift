import JSONText
import ModelDescription
import ModelFile
import ModelTrust

/// A model file with its digest.
package struct LoadedModel {
    let path: String
    let model: Model
    let digest: ModelDigest
    let bytes: [UInt8]

    var manifest: ModelManifest { model.manifest }

    /// Which model it is, as reports say.
    var identity: JSONValue {
        [
            "name": .string(manifest.name),
            "release": .integer(manifest.release),
            "version": .string(manifest.version),
            "precision": .string(manifest.precision.rawValue),
            "digest": .string(digest.hexadecimal),
        ]
    }

    init(path: String) throws(ToolError) {
        let bytes = try Files.read(path)
        do {
            model = try Model(reading: bytes)
        } catch {
            throw .model(path: path, reason: "\(error)")
        }
        self.path = path
        digest = ModelDigest(of: bytes)
        self.bytes = bytes
    }

    /// A model that was just made, with where it will stand.
    package init(_ model: Model, path: String) {
        self.path = path
        self.model = model
        bytes = model.bytes
        digest = ModelDigest(of: bytes)
    }
}
