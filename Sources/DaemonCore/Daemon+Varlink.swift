import AudioCapture
import DaemonConfiguration
import EventProtocol
import JSONText
import ModelDescription
import ModelFile
import SystemIntegration
import Varlink

extension Daemon: VarlinkService {
    /// Longest mute that ends by itself: 31 days, in seconds.
    static let longestMuteSeconds = 31 * 86_400
    /// Longest hold, in seconds.
    static let longestHoldSeconds = 3600

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

    package func answer(_ call: VarlinkCall, from peer: PeerCredentials?) -> VarlinkAnswer {
        guard
            let method = AffectInterface.Method.allCases.first(where: { $0.fullName == call.method }
            )
        else { return .failure(.methodNotFound(call.method)) }
        if let stranger = call.parameters.members.first(where: { !method.takes($0.key) }) {
            return .failure(.invalidParameter(stranger.key))
        }
        if method.isControl {
            let rights = ControlRights(group: configuration.text(.controlGroup) ?? "")
            guard rights.include(peer) else { return deny(method, to: peer, rights) }
        }
        switch method {
        case .getState:
            return stateReply
        case .subscribe:
            return .subscription(
                first: message(.state(changed: [], reason: "the state at the beginning")).json
            )
        case .getInfo:
            return .reply(runInformation)
        case .listModels:
            return .reply(modelList)
        case .installModel, .activateModel, .rollbackModel:
            return changeModel(method, call.parameters, peer)
        case .setMute:
            return setMute(call.parameters, peer)
        case .hold:
            return hold(call.parameters, peer)
        case .getStats:
            return .reply(statistics)
        case .listDevices:
            let devices = CaptureDevice.all().map { JSONValue.object($0.json) }
            return .reply(JSONObject([("devices", .array(devices))]))
        case .getConfiguration:
            return .reply(configuration.json)
        }
    }

    package func clientWasTooSlow(_ peer: PeerCredentials?, limitBytes: Int) {
        let who = peer.map { "\($0)" } ?? "an unknown peer"
        log.write(
            JournalEntry(
                "a client that does not read is sent off: \(who); \(limitBytes) bytes waited for it",
                priority: .warning,
                messageID: JournalMessageID.clientTooSlow.rawValue,
                fields: [(name: "AFFECT_LIMIT_BYTES", value: "\(limitBytes)")]
                    + (peer?.journalFields ?? [])
            )
        )
    }

    private var stateReply: VarlinkAnswer {
        var reply = JSONObject([("state", .object(state.json))])
        if let lastUtterance { reply["utterance"] = .object(lastUtterance.json) }
        if let lastMood { reply["mood"] = .object(lastMood.json) }
        return .reply(reply)
    }

    private func deny(
        _ method: AffectInterface.Method,
        to peer: PeerCredentials?,
        _ rights: ControlRights
    ) -> VarlinkAnswer {
        let who = peer.map { "\($0)" } ?? "an unknown peer"
        log.write(
            JournalEntry(
                "\(method.rawValue) is not permitted to \(who);"
                    + " it needs root or the group \(rights.group)",
                priority: .warning,
                messageID: JournalMessageID.denied.rawValue,
                fields: [(name: "AFFECT_METHOD", value: method.rawValue)]
                    + (peer?.journalFields ?? [])
            )
        )
        return .failure(
            VarlinkError(
                name: "\(AffectInterface.name).NotPermitted",
                parameters: JSONObject([("group", .string(rights.group))])
            )
        )
    }

    private func setMute(_ parameters: JSONObject, _ peer: PeerCredentials?) -> VarlinkAnswer {
        guard case .bool(let isMuted)? = parameters["muted"] else {
            return .failure(.invalidParameter("muted"))
        }
        var duration: UInt64?
        if let given = parameters["seconds"], given != .null {
            guard isMuted, let seconds = given.seconds(1...Self.longestMuteSeconds) else {
                return .failure(.invalidParameter("seconds"))
            }
            duration = seconds
        }
        // Whoever has the answer can rely on it after a loss of power, too.
        let promise = VarlinkPromise()
        let answer = { [weak self] in promise.keep(self?.stateReply ?? .reply([:])) }
        if isMuted {
            let time = duration.map { " for \($0 / 1_000_000) s" } ?? ""
            mute(forMicroseconds: duration, Cause("muted\(time)", by: peer), completion: answer)
        } else {
            unmute(Cause("unmuted", by: peer), completion: answer)
        }
        return .later(promise)
    }

    private func hold(_ parameters: JSONObject, _ peer: PeerCredentials?) -> VarlinkAnswer {
        guard let duration = parameters["seconds"]?.seconds(0...Self.longestHoldSeconds) else {
            return .failure(.invalidParameter("seconds"))
        }
        if duration == 0 {
            release(Cause("hold ended", by: peer))
        } else {
            hold(
                forMicroseconds: duration,
                Cause("held for \(duration / 1_000_000) s", by: peer)
            )
        }
        return stateReply
    }

    private var runInformation: JSONObject {
        var description = ""
        if case .running(let parameters) = microphone.state { description = parameters.description }
        return JSONObject([
            ("version", .string(ProductVersion.text)), ("microphone", .string(description)),
            ("captureReason", .string(captureReason)),
            ("levelDecibelTenths", .integer(hearing.levelDecibelTenths)),
            ("startedMonotonicMicroseconds", .integer(startedMicroseconds)),
            ("overruns", .integer(microphone.overrunCount)),
        ])
    }

    private var statistics: JSONObject {
        let counts = server?.counts ?? VarlinkCounts()
        return JSONObject([
            ("uptimeMicroseconds", .integer(Clock.monotonicMicroseconds - startedMicroseconds)),
            ("framesCaptured", .integer(hearing.frameCount)),
            ("overruns", .integer(microphone.overrunCount)),
            ("framesLost", .integer(microphone.lostFrameCount)),
            ("reopened", .integer(microphone.reopenCount)),
            ("utterances", .integer(utteranceCount)), ("windows", .integer(hearing.windowCount)),
            ("clients", .integer(server?.clientCount ?? 0)),
            ("connections", .integer(counts.connections)),
            ("requests", .integer(counts.requests)), ("clientsRefused", .integer(counts.refused)),
            ("clientsTooSlow", .integer(counts.tooSlow)), ("clientsIdle", .integer(counts.idle)),
            ("clientsMalformed", .integer(counts.malformed)),
            ("residentKilobytes", .integer(ProcessUsage.residentKilobytes)),
            ("openDescriptors", .integer(ProcessUsage.openDescriptors)),
        ])
    }
}

extension AffectInterface.Method {
    /// Whether it needs the rights to control.
    fileprivate var isControl: Bool {
        switch self {
        case .setMute, .hold, .installModel, .activateModel, .rollbackModel: true
        default: false
        }
    }

    /// Whether it has a parameter of this name.
    fileprivate func takes(_ parameter: String) -> Bool {
        switch self {
        case .setMute: parameter == "muted" || parameter == "seconds"
        case .hold: parameter == "seconds"
        case .installModel: ["file", "allowDowngrade", "retry"].contains(parameter)
        case .activateModel: ["digest", "allowDowngrade", "retry"].contains(parameter)
        default: false
        }
    }
}

extension JSONValue {
    /// Whole seconds within a range, as microseconds.
    fileprivate func seconds(_ range: ClosedRange<Int>) -> UInt64? {
        guard case .number(let number) = self, let seconds = number.integer,
            range.contains(Int(seconds))
        else { return nil }
        return UInt64(seconds) * 1_000_000
    }
}

extension CaptureDevice {
    /// The device as `ListDevices` tells it.
    fileprivate var json: JSONObject {
        var object = JSONObject([
            ("name", .string(configurationName)), ("alsa", .string(name)),
            ("description", .string(description)),
        ])
        if let usb { object["usb"] = .string(usb.description) }
        return object
    }
}
