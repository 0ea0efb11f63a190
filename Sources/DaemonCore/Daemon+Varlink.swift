import AudioCapture
import EventProtocol
import JSONText
import ModelDescription
import ModelFile
import Varlink

extension Daemon: VarlinkService {
    package var information: VarlinkInformation {
        VarlinkInformation(
            vendor: "affectd",
            product: "affectd",
            version: ProductVersion.text,
            url: "file:///usr/share/doc/affectd"
        )
    }

    package var interfaces: [VarlinkInterface] {
        [VarlinkInterface(name: AffectInterface.name, description: AffectInterface.description)]
    }

    package func answer(_ call: VarlinkCall) -> VarlinkAnswer {
        let method = AffectInterface.Method.allCases.first { $0.fullName == call.method }
        if let stranger = call.parameters.members.first, method != nil {
            return .failure(.invalidParameter(stranger.key))
        }
        switch method {
        case .getState:
            return .reply(JSONObject([("state", .object(state.json))]))
        case .subscribe:
            return .subscription(
                first: message(.state(changed: [], reason: "the state at the beginning")).json
            )
        case .getInfo:
            return .reply(runInformation)
        case .listModels:
            let loaded = [models.emotion] + (models.speech.map { [$0] } ?? [])
            return .reply(JSONObject([("models", .array(loaded.map { .object($0.json) }))]))
        case nil:
            return .failure(.methodNotFound(call.method))
        }
    }

    private var runInformation: JSONObject {
        var description = ""
        if case .running(let parameters) = microphone.state { description = parameters.description }
        return JSONObject([
            ("version", .string(ProductVersion.text)), ("microphone", .string(description)),
            ("startedMonotonicMicroseconds", .integer(startedMicroseconds)),
            ("overruns", .integer(microphone.overrunCount)),
        ])
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
