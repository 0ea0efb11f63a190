import EventProtocol
import ModelDescription
import ModelFile
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

    /// Bytes of a model file at most, as the format says.
    static let sizeLimit = 8 << 20

    /// Reads and checks a model.
    ///
    /// - Throws: `modelUnreadable`, `modelInvalid`.
    init(path: String) throws(DaemonError) {
        let bytes: [UInt8]
        do throws(SystemIntegrationError) {
            bytes = try FileDescriptor.contents(ofFile: path, limit: Self.sizeLimit)
        } catch .call(let name, _, let errorNumber) {
            throw .modelUnreadable(
                .call(name: name, subject: path, errorNumber: errorNumber)
            )
        } catch {
            throw .modelUnreadable(error)
        }
        do throws(ModelFileError) {
            model = try Model(reading: bytes)
        } catch {
            throw .modelInvalid(path: path, error)
        }
        digest = ModelDigest(of: bytes)
        self.path = path
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
            phase: .active
        )
    }
}
