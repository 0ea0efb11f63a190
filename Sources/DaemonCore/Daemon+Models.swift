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
        let promise = VarlinkPromise()
        let keep: ModelManager.Completion = { [weak self] result in
            switch result {
            case .success(let model): promise.keep(self?.answer(model) ?? .reply([:]))
            case .failure(let rejection): promise.keep(.failure(VarlinkError(rejection)))
            }
        }
        do throws(ModelRejection) {
            if method == .rollbackModel {
                let words = peer.map { "asked for by \($0)" } ?? "asked for"
                manager.rollBack(words, quarantine: false, by: peer, completion: keep)
                return .later(promise)
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
            manager.take(request, completion: keep)
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
        var told = Set(loaded.map(\.digest.hexadecimal))
        var list: [JSONObject] = []
        let installed = record.models.map { (model: $0, path: keeper.path(of: $0.digest)) }
        let packagedPaths = VerifiedModel.packagedPaths(policy: policy)
        cards.keep(installed.map(\.path) + packagedPaths)
        for (model, path) in installed where told.insert(model.digest).inserted {
            do throws(ModelRejection) {
                let card = try cards.card(of: path) { () throws(ModelRejection) in
                    try VerifiedModel(
                        reading: path,
                        policy: policy,
                        expectedDigest: model.digest
                    )
                }
                let reason = record.quarantine.first { $0.digest == model.digest }?.reason
                list.append(
                    card.json(
                        self.installed(model.digest)?.phase ?? .available,
                        note: reason.map { "taken back: \($0)" }
                    )
                )
            } catch {
                list.append(unusable(model, error))
            }
        }
        for path in packagedPaths {
            let card = try? cards.card(of: path) { () throws(ModelRejection) in
                try VerifiedModel(reading: path, policy: policy)
            }
            guard let card, card.task == Self.task, card.precision == .int8,
                told.insert(card.digest).inserted
            else { continue }
            list.append(
                card.json(
                    .available,
                    note: record.active == nil
                        ? nil : "packaged; it does not displace the installed model"
                )
            )
        }
        return list
    }

    private func unusable(
        _ model: StoreRecord.Installed,
        _ reason: ModelRejection
    ) -> JSONObject {
        var object = JSONObject([("task", .string(Self.task.rawValue))])
        for member in installed(model.digest)?.json.members ?? [] {
            object[member.key] = member.value
        }
        object["version"] = .string(model.version)
        object["path"] = .string("")
        object["labels"] = .array([])
        object["licence"] = .string("")
        object["note"] = .string("\(reason)")
        return object
    }
}

extension LoadedModel {
    /// The model as `ListModels` tells it.
    var json: JSONObject {
        let manifest = model.manifest
        var object = JSONObject([("task", .string(manifest.task.rawValue))])
        for member in reference.json.members { object[member.key] = member.value }
        object["version"] = .string(manifest.version)
        object["path"] = .string(path)
        object["labels"] = .array(manifest.labels.map { .string($0) })
        object["licence"] = .string(manifest.provenance.licence)
        return object
    }
}
