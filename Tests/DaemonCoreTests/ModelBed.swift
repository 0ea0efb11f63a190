import AudioCapture
import DaemonConfiguration
import DaemonCore
import EventProtocol
import Glibc
import JSONText
import ModelDescription
import ModelFile
import ModelStore
import ModelTrust
import ServiceTestSupport
import SystemIntegration
import TestSupport
import Testing
import Varlink

/// A daemon with a state folder, a trusted key and a packaged model, that is fed with sound by hand.
final class ModelBed {
    let folder: String
    let key: SecretKey
    let loop: EventLoop
    let daemon: Daemon
    let manager: ModelManager
    private let socket: String
    private let client: VarlinkClient
    private(set) var messages: [Message] = []
    /// What happened to models, `change release`.
    private(set) var changes: [String] = []

    /// The checks of models as they are: the program that was built beside these tests.
    static var check: ModelCheck {
        var path = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        let program = String(
            decoding: path[..<max(0, count)].map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        let directory = program.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        return ModelCheck(program: "\(directory)/affectd")
    }

    /// - Parameters:
    ///   - folder: what an earlier bed has left; `nil` for a new one with a packaged model.
    ///   - reread: what a reload finds; given what was in force at the start.
    init(
        folder: String? = nil,
        key: SecretKey? = nil,
        settings: [(Setting, String)] = [],
        check: ModelCheck = ModelBed.check,
        reread: @escaping (Configuration) throws(DaemonError) -> Configuration = { $0 }
    ) throws {
        let root = folder ?? "/tmp/affectd-models-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        self.folder = root
        self.key = try key ?? SecretKey()
        if folder == nil {
            for name in ["", "/state", "/keys", "/packaged", "/state/incoming"] {
                try Directory.make(root + name)
            }
            let text = self.key.publicKey.text
            try DurableFile.write(Array(text.utf8), to: "\(root)/keys/release.pub")
            let packaged = try ModelBed.model(release: 1)
            try DurableFile.write(packaged.bytes, to: "\(root)/packaged/sample.affect")
        }
        var configuration = Configuration()
        try configuration.set(.stateFolder, to: "\(root)/state", from: "test")
        socket = "\(root)/socket-\(UInt64.random(in: 0 ... .max))"
        try configuration.set(.socketPath, to: socket, from: "test")
        try configuration.set(.microphoneDevice, to: "nowhere", from: "test")
        for (setting, word) in settings {
            try configuration.set(setting, to: word, from: "test")
        }
        loop = try EventLoop()
        manager = ModelBed.manager(root, configuration, loop, check)
        daemon = try Daemon(
            models: manager.begin(),
            manager: manager,
            configuration: configuration,
            rereadConfiguration: { [configuration] () throws(DaemonError) in
                try reread(configuration)
            },
            loop: loop,
            notifier: ServiceNotifier(watchdogMicroseconds: nil) { _ in },
            journal: Journal(writesEntries: false, linesTo: nil)
        )
        let listener = try ListeningSocket(configuration).takeDescriptor()
        client = try VarlinkClient(path: socket)
        try daemon.start(listener: listener)
        try client.send(VarlinkCall(method: "org.affectd.Subscribe", more: true))
        try run { !messages.isEmpty }
        openMicrophone()
    }

    /// Tells the daemon that a microphone was opened.
    func openMicrophone() {
        daemon.microphoneChanged(
            to: .running(
                CaptureParameters(
                    device: "nowhere",
                    format: StreamFormat(sampleRate: 16_000, channelCount: 1),
                    encoding: .signed16,
                    periodFrames: 800,
                    bufferFrames: 32_000
                )
            )
        )
    }

    static func manager(
        _ root: String,
        _ configuration: Configuration,
        _ loop: EventLoop,
        _ check: ModelCheck = ModelCheck(program: "/bin/true", arguments: [])
    ) -> ModelManager {
        ModelManager(configuration, folder: "\(root)/state", loop: loop, check: check) {
            configuration in
            TrustPolicy(
                keyFolders: ["\(root)/keys"],
                packagedFolder: "\(root)/packaged",
                allowUnsigned: configuration.text(.signatures) == "optional",
                place: TrustedPlace(owner: geteuid(), below: root)
            )
        }
    }

    /// Removes everything that the bed has left on the disk.
    func remove() {
        func remove(_ path: String) {
            if (try? FileStatus(of: path))?.kind == .folder {
                for name in Directory.names(in: path) { remove("\(path)/\(name)") }
            }
            try? Directory.remove(path)
        }
        remove(folder)
    }

    /// A model of a release; one that is broken answers all sound alike.
    static func model(release: Int, isBroken: Bool = false) throws -> Model {
        let model = try SampleModel.int8()
        var manifest = model.manifest
        manifest.release = release
        if release > 1 {
            // Other front-end options than those of the packaged one.
            manifest.frontEnd.frameLength = 320
            manifest.frontEnd.hopLength = 160
            manifest.frontEnd.fftLength = 512
        }
        var tensors = model.tensors
        if isBroken {
            tensors["logits.weight"] = Tensor(
                shape: [3, 4],
                .int8(Array(repeating: 0, count: 12))
            )
        }
        return try Model(
            manifest: manifest,
            frontEndTables: SampleModel.frontEndTables(manifest.frontEnd),
            tensors: tensors
        )
    }

    /// Puts a signed model into the folder of what comes in, the way it should come: renamed.
    func deliver(_ bytes: [UInt8], as name: String = "new.model", by key: SecretKey?) throws {
        let path = "\(folder)/state/incoming/\(name)"
        if let key {
            let text = try key.sign(bytes, trustedComment: "test")
            try DurableFile.write(Array(text.utf8), to: "\(path).minisig")
        }
        try DurableFile.write(bytes, to: path)
    }

    /// Reloads, and waits until all has been read anew.
    func reload() {
        daemon.reload()
        manager.finish()
    }

    private var revoked: String { "\(folder)/keys/revoked" }

    /// Revokes the key of the models.
    func revoke() throws {
        try DurableFile.write(Array("\(key.publicKey.identifier)\n".utf8), to: revoked)
    }

    /// Takes that back.
    func revokeNothing() throws {
        try Directory.remove(revoked)
    }

    /// Changes a byte of an installed model.
    func damage(_ digest: String) throws {
        let path = "\(folder)/state/emotion/models/\(digest)/model.affect"
        var bytes = try FileDescriptor.contents(ofFile: path, limit: 1 << 20)
        bytes[bytes.count - 1] ^= 1
        try DurableFile.write(bytes, to: path)
    }

    /// Delivers a model and asks for its installation.
    @discardableResult
    func install(
        _ model: Model,
        by key: SecretKey? = nil,
        _ more: JSONObject = JSONObject()
    ) throws -> ModelReference {
        try deliver(model.bytes, by: key ?? self.key)
        var parameters: JSONObject = ["file": "new.model"]
        for member in more.members { parameters[member.key] = member.value }
        return try change("InstallModel", parameters)
    }

    /// A line of the listing: the model, and the first word of its note.
    struct Listed: Equatable {
        let model: ModelReference
        let note: String?
    }

    /// The models that the daemon lists for emotions.
    func list() throws -> [Listed] {
        let parameters = try call("ListModels", [:])
        return try JSONCursor(.object(parameters)).member("models").elements(count: 0...99).map {
            Listed(
                model: try ModelReference($0),
                note: try $0.optionalMember("note")?.string()
                    .split { !$0.isLetter }.first.map { String($0) }
            )
        }
    }

    /// Calls a method that changes the model.
    func change(_ method: String, _ parameters: JSONObject = [:]) throws -> ModelReference {
        try ModelReference(JSONCursor(.object(call(method, parameters))).member("model"))
    }

    /// Calls a method and runs the daemon until it has answered.
    @discardableResult
    func call(_ method: String, _ parameters: JSONObject) throws -> JSONObject {
        let client = try VarlinkClient(path: socket)
        try client.send(VarlinkCall(method: "org.affectd.\(method)", parameters: parameters))
        var reply: Result<VarlinkReply, VarlinkClientError>?
        try run {
            do throws(VarlinkClientError) {
                reply = .success(try client.nextReply(timeoutMilliseconds: 0))
            } catch .timeout {
                return false
            } catch {
                reply = .failure(error)
            }
            return true
        }
        return try #require(reply).get().parameters
    }

    /// A daemon in the same folders whose configuration names a model file of its own, and its path.
    func withNamedModel(release: Int) throws -> (bed: ModelBed, path: String) {
        let path = "\(folder)/named.affect"
        try DurableFile.write(ModelBed.model(release: release).bytes, to: path)
        return (try ModelBed(folder: folder, key: key, settings: [(.emotionModel, path)]), path)
    }

    /// Why a change is refused, in one word.
    func refusal(_ body: () throws -> ModelReference) throws -> String? {
        try rejection(body)?.reason
    }

    /// Why a change is refused, in one word and in words.
    func rejection(
        _ body: () throws -> ModelReference
    ) throws -> (reason: String, message: String)? {
        do {
            _ = try body()
            return nil
        } catch VarlinkClientError.service(let error) {
            #expect(error.name == "org.affectd.ModelRejected")
            guard case .string(let word)? = error.parameters["reason"],
                case .string(let message)? = error.parameters["message"]
            else { return ("", "") }
            return (word, message)
        }
    }

    /// Runs the daemon until the condition holds; a minute is for machines that do much else.
    func run(until condition: () throws -> Bool) throws {
        let deadline = Clock.monotonicMicroseconds + 60_000_000
        while true {
            while let reply = try? client.nextReply(timeoutMilliseconds: 0) {
                take(try Message(JSONCursor(.object(reply.parameters))))
            }
            if try condition() { return }
            try #require(Clock.monotonicMicroseconds < deadline, "did not happen in a minute")
            try loop.runOnce(timeoutMicroseconds: 20_000)
        }
    }

    /// Lets the daemon hear sound, in periods of 50 ms as in speech, and tell what it has heard.
    func hear(_ samples: [Int16]) throws {
        for start in stride(from: 0, to: samples.count, by: 800) {
            daemon.microphoneCaptured(
                samples.span.extracting(start..<min(start + 800, samples.count))
            )
            try loop.runOnce(timeoutMicroseconds: 0)
        }
        let last = daemon.sequence
        try run { messages.last.map { $0.sequence >= last } ?? false }
    }

    /// The record of a store in which nothing was installed.
    static var empty: StoreRecord {
        ModelStore(root: "/nonexistent", task: .emotion).record
    }

    /// A model that takes long: three wide convolutions over every frame.
    static func slow(release: Int) throws -> Model {
        let model = try model(release: release)
        var manifest = model.manifest
        manifest.decision.minimumFrames = 100
        manifest.decision.hopFrames = 100
        manifest.decision.windowFrames = 100
        manifest.decision.maximumUtteranceFrames = 200
        let channels = 128
        let spatial = Operation.Spatial(kernel: .init(5, 5), padding: .init(2, 2, 2, 2))
        var tensors = model.tensors
        var previous = "sum"
        for name in ["wide", "wider", "widest"] {
            let inputs = previous == "sum" ? 2 : channels
            let node = Node(
                name: name,
                operation: .conv2d(spatial, outputChannels: channels, .none),
                inputs: [previous],
                output: manifest.graph.nodes[2].output
            )
            let end = manifest.graph.nodes.count - 3
            manifest.graph.nodes.insert(node, at: end)
            tensors["\(name).weight"] = Tensor(
                shape: [channels, 5, 5, inputs],
                .int8((0..<channels * 25 * inputs).map { Int8($0 % 7 - 3) })
            )
            tensors["\(name).bias"] = Tensor(
                shape: [channels],
                .int32(Array(repeating: 0, count: channels))
            )
            tensors["\(name).multiplier"] = Tensor(
                shape: [channels],
                .int32(Array(repeating: 1 << 30, count: channels))
            )
            tensors["\(name).shift"] = Tensor(
                shape: [channels],
                .int32(Array(repeating: -6, count: channels))
            )
            previous = name
        }
        let pool = manifest.graph.nodes.count - 3
        manifest.graph.nodes[pool].inputs = [previous]
        tensors["logits.weight"] = logitsWeight(channels: channels)
        return try Model(
            manifest: manifest,
            frontEndTables: model.frontEndTables,
            tensors: tensors
        )
    }

    /// Weights of the last layer behind the mean and deviation of so many channels.
    static func logitsWeight(channels: Int) -> Tensor {
        Tensor(shape: [3, 2 * channels], .int8((0..<6 * channels).map { Int8($0 % 90) }))
    }

    private func take(_ message: Message) {
        messages.append(message)
        guard case .model(let change, let model, _) = message.event else { return }
        changes.append("\(change.rawValue) \(model?.release ?? 0)")
    }
}
