import EventProtocol
import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import Recognition
import SystemIntegration
import VoiceActivity

/// A model that has been read and checked, with where it came from.
package struct LoadedModel {
    /// Where it was read.
    package let path: String
    /// SHA-256 of the file.
    let digest: ModelDigest
    /// The model.
    let model: Model
    /// Why it is trusted; `nil` where nobody asked.
    var trust: ModelTrustSource?
    /// Where it stands.
    var phase = ModelReference.Phase.active

    /// Bytes of a model file at most, as the format says.
    static let sizeLimit = 8 << 20

    /// Reads and checks a model.
    ///
    /// - Throws: `modelUnreadable`, `modelInvalid`.
    init(path: String) throws(DaemonError) {
        try self.init(reading: Self.contents(of: path), path: path)
    }

    /// The bytes of a model file.
    ///
    /// - Throws: `modelUnreadable`.
    static func contents(of path: String) throws(DaemonError) -> [UInt8] {
        do throws(SystemIntegrationError) {
            return try FileDescriptor.contents(ofFile: path, limit: sizeLimit)
        } catch .call(let name, _, let errorNumber) {
            throw .modelUnreadable(
                .call(name: name, subject: path, errorNumber: errorNumber)
            )
        } catch {
            throw .modelUnreadable(error)
        }
    }

    /// Checks a model.
    ///
    /// - Throws: `modelInvalid`.
    init(reading bytes: [UInt8], path: String) throws(DaemonError) {
        do throws(ModelFileError) {
            model = try Model(reading: bytes)
        } catch {
            throw .modelInvalid(path: path, error)
        }
        digest = ModelDigest(of: bytes)
        self.path = path
    }

    /// Takes a model that the store has checked.
    init(_ verified: VerifiedModel) {
        path = verified.path
        digest = verified.digest
        model = verified.model
        trust = verified.trust
    }

    /// Prepares the model once, so that one that cannot run is found before it is chosen.
    ///
    /// - Throws: `modelUnfit`.
    package func checkThatItRuns() throws(DaemonError) {
        do {
            switch model.manifest.task {
            case .emotion:
                let format = AudioFormat(sampleRate: 16_000, channelCount: 1)
                _ = try Recognizer(model: model, format: format)
            case .speech:
                _ = try SpeechDetector(model: model)
            }
        } catch let error as RecognizerError {
            throw .modelUnfit(path: path, error)
        } catch {
            throw .modelUnfit(path: path, .speechModel("\(error)"))
        }
    }

    /// Name and release, in words.
    var summary: String {
        "\(model.manifest.name) release \(model.manifest.release)"
    }

    /// The model as events name it.
    package var reference: ModelReference {
        ModelReference(
            name: model.manifest.name,
            release: model.manifest.release,
            digest: digest.hexadecimal,
            phase: phase,
            trust: trust?.word
        )
    }
}
