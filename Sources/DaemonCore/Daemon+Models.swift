import EventProtocol
import JSONText
import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import SystemIntegration
import Varlink

extension Daemon {
    /// The models that are loaded, then those that are installed or packaged.
    var modelList: JSONObject {
        var running = models.emotion
        running.phase = state.model?.phase ?? running.phase
        let loaded = [running] + (models.speech.map { [$0] } ?? [])
        var list = loaded.map { JSONValue.object($0.json) }
        list += manager?.others(than: loaded).map { JSONValue.object($0) } ?? []
        return ["models": .array(list)]
    }

    /// Installs, activates or rolls back.
    func changeModel(
        _ method: AffectInterface.Method,
        _ parameters: JSONObject,
        _ peer: PeerCredentials?
    ) -> VarlinkAnswer {
        guard let manager else {
            return .failure(
                VarlinkError(.unavailable(reason: "\(SystemIntegrationError.noStateFolder)"))
            )
        }
        do throws(ModelRejection) {
            if method == .rollbackModel {
                let words = peer.map { "asked for by \($0)" } ?? "asked for"
                return answer(try manager.rollBack(words, quarantine: false, by: peer).reference)
            }
            let source: ModelRequest.Source
            if method == .installModel {
                guard let name = parameters["file"]?.fileName else {
                    return .failure(.invalidParameter("file"))
                }
                source = .incoming(name: name)
            } else {
                guard let digest = parameters["digest"]?.digestBeginning else {
                    return .failure(.invalidParameter("digest"))
                }
                source = .installed(digest: try manager.digest(beginning: digest))
            }
            var request = ModelRequest(source: source, peer: peer)
            for name in ["allowDowngrade", "retry"] {
                switch parameters[name] ?? .null {
                case .null: break
                case .bool(let value):
                    if name == "retry" {
                        request.retry = value
                    } else {
                        request.allowDowngrade = value
                    }
                default: return .failure(.invalidParameter(name))
                }
            }
            let promise = VarlinkPromise()
            take(request) { [weak self] result in
                switch result {
                case .success(let model): promise.keep(self?.answer(model) ?? .reply([:]))
                case .failure(let rejection): promise.keep(.failure(VarlinkError(rejection)))
                }
            }
            return .later(promise)
        } catch {
            return .failure(VarlinkError(error))
        }
    }

    private func answer(_ model: ModelReference) -> VarlinkAnswer {
        .reply(["model": .object(model.json), "state": .object(state.json)])
    }
}

extension VarlinkError {
    /// A model is not accepted, or not taken into use.
    init(_ rejection: ModelRejection) {
        self.init(
            name: "\(AffectInterface.name).ModelRejected",
            parameters: ["reason": .string(rejection.word), "message": .string("\(rejection)")]
        )
    }
}

extension JSONValue {
    /// The name of a file, without a way to it.
    fileprivate var fileName: String? {
        guard case .string(let name) = self, !name.isEmpty, !name.hasPrefix("."),
            !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
        else { return nil }
        return name
    }

    /// At least eight hexadecimal digits.
    fileprivate var digestBeginning: String? {
        guard case .string(let text) = self, (8...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
        else { return nil }
        return text
    }
}

extension ModelManager {
    /// Models that are installed or packaged and not loaded, as `ListModels` tells them.
    func others(than loaded: [LoadedModel]) -> [JSONObject] {
        var known = Set(loaded.map(\.digest.hexadecimal))
        var list: [JSONObject] = []
        for installed in store.record.models where known.insert(installed.digest).inserted {
            do throws(ModelRejection) {
                var model = LoadedModel(try store.verified(installed.digest, policy: policy))
                model.phase = self.installed(installed.digest)?.phase ?? .available
                let reason = store.record.quarantine.first { $0.digest == installed.digest }?.reason
                list.append(model.json(note: reason.map { "taken back: \($0)" }))
            } catch {
                var object = self.installed(installed.digest)?.json ?? JSONObject()
                object["task"] = .string(store.task.rawValue)
                object["version"] = .string(installed.version)
                object["path"] = .string("")
                object["labels"] = .array([])
                object["licence"] = .string("")
                object["note"] = .string("\(error)")
                list.append(object)
            }
        }
        for verified in packaged where known.insert(verified.digest.hexadecimal).inserted {
            var model = LoadedModel(verified)
            model.phase = .available
            list.append(
                model.json(
                    note: store.record.active == nil
                        ? nil : "packaged; it does not displace the installed model"
                )
            )
        }
        return list
    }
}

extension LoadedModel {
    /// The model as `ListModels` tells it.
    var json: JSONObject { json(note: nil) }

    fileprivate func json(note: String?) -> JSONObject {
        let manifest = model.manifest
        var object = JSONObject([("task", .string(manifest.task.rawValue))])
        for member in reference.json.members { object[member.key] = member.value }
        object["version"] = .string(manifest.version)
        object["path"] = .string(path)
        object["labels"] = .array(manifest.labels.map { .string($0) })
        object["licence"] = .string(manifest.provenance.licence)
        if let note { object["note"] = .string(note) }
        return object
    }
}
