import DaemonConfiguration
import EventProtocol
import ModelStore
import ModelTrust
import SystemIntegration

extension ModelManager {
    /// What comes of a request: the model that is on probation from now on.
    typealias Completion = (Result<ModelReference, ModelRejection>) -> Void

    /// Checks a model and takes it into use.
    ///
    /// Whatever comes of it is told; what came in is removed.
    func take(_ request: ModelRequest, on loop: EventLoop, completion: @escaping Completion) {
        var found: VerifiedModel?
        do throws(ModelRejection) {
            try checkThatModelsCanChange()
            readPolicy()
            let model = try verified(request)
            found = model
            tell(.offered, LoadedModel(model).reference, "\(model.trust)", by: request.peer)
            switch request.source {
            case .installed:
                try check(model.path, model, request, on: loop, completion) {
                    () throws(ModelRejection) in model.digest.hexadecimal
                }
            case .incoming:
                let staged = try store.stage(
                    model,
                    packaged: packaged,
                    allowDowngrade: request.allowDowngrade,
                    retry: request.retry
                )
                try check(staged.path, model, request, on: loop, completion) {
                    [self] () throws(ModelRejection) in
                    try store.install(staged, policy: policy, at: Clock.wallClockMicroseconds)
                    return staged.digest
                } onFailure: { [self] in
                    store.discard(staged)
                }
            }
        } catch {
            reject(request, found, error, completion)
        }
    }

    private func checkThatModelsCanChange() throws(ModelRejection) {
        if let path = configuration.text(.emotionModel) {
            throw .unavailable(
                reason: "models.emotion names \(path), and that model runs whatever is installed"
            )
        }
        guard runningCheck == nil else {
            throw .unavailable(reason: "another model is being checked; try again when it is done")
        }
    }

    private func verified(_ request: ModelRequest) throws(ModelRejection) -> VerifiedModel {
        switch request.source {
        case .incoming(let name):
            return try VerifiedModel(reading: "\(incoming)/\(name)", policy: policy)
        case .installed(let digest):
            return try store.verified(digest, policy: policy)
        }
    }

    /// Lets a child process check the model, and goes on when it has passed.
    private func check(
        _ path: String,
        _ model: VerifiedModel,
        _ request: ModelRequest,
        on loop: EventLoop,
        _ completion: @escaping Completion,
        install: @escaping () throws(ModelRejection) -> String,
        onFailure: @escaping () -> Void = {}
    ) throws(ModelRejection) {
        do throws(ModelRejection) {
            runningCheck = try check.start(path, on: loop) { [self] failure in
                runningCheck = nil
                do throws(ModelRejection) {
                    if let failure { throw failure }
                    tell(
                        .verified,
                        LoadedModel(model).reference,
                        "signature, structure and self-test are in order",
                        by: request.peer
                    )
                    try activate(try install(), model, request, completion)
                } catch {
                    onFailure()
                    reject(request, model, error, completion)
                }
            }
        } catch {
            onFailure()
            throw error
        }
    }

    private func activate(
        _ digest: String,
        _ model: VerifiedModel,
        _ request: ModelRequest,
        _ completion: Completion
    ) throws(ModelRejection) {
        // What the child has run runs here, too.
        if let objection = Self.objection(to: model) {
            throw .unfit(path: model.path, reason: objection)
        }
        try store.activate(
            digest,
            packaged: packaged,
            allowDowngrade: request.allowDowngrade,
            retry: request.retry,
            at: Clock.wallClockMicroseconds
        )
        removeIncoming(request)
        if inUse != digest {
            use(model, reason: request.peer.map { "asked for by \($0)" } ?? "it came in")
        }
        completion(.success(loaded(model).reference))
    }

    private func reject(
        _ request: ModelRequest,
        _ model: VerifiedModel?,
        _ rejection: ModelRejection,
        _ completion: Completion
    ) {
        removeIncoming(request)
        var reference = model.map { LoadedModel($0).reference }
        reference?.phase = .available
        store.note(
            HistoryEntry(
                .rejected,
                at: Clock.wallClockMicroseconds,
                digest: reference?.digest,
                subject: reference?.title ?? request.subject,
                reason: "\(rejection)"
            )
        )
        tell(.rejected, reference, "\(rejection)", by: request.peer)
        completion(.failure(rejection))
    }

    private func removeIncoming(_ request: ModelRequest) {
        guard case .incoming(let name) = request.source else { return }
        for suffix in ["", VerifiedModel.signatureSuffix] {
            Directory.removeFile("\(incoming)/\(name)\(suffix)")
        }
        declared.remove(name)
        if (try? FileStatus(of: "\(incoming)/\(name)")) != nil { ignored.insert(name) }
    }

    /// What lies in the folder now is complete, with or without signature.
    func declareComplete() {
        declared = Set(Directory.names(in: incoming))
    }

    /// The next model in the folder of what comes in; those are left alone whose signature has not come
    /// yet, unless somebody has said that there is none.
    func waiting() -> ModelRequest? {
        let names = Set(Directory.names(in: incoming))
        ignored.formIntersection(names)
        declared.formIntersection(names)
        let name = names.filter {
            $0.hasSuffix(".affect") && !ignored.contains($0)
                && (declared.contains($0) || names.contains($0 + VerifiedModel.signatureSuffix))
        }.min()
        return name.map { ModelRequest(source: .incoming(name: $0)) }
    }

    /// The digest of the installed model that begins so.
    ///
    /// - Throws: `notInstalled`, also when there are several.
    func digest(beginning text: String) throws(ModelRejection) -> String {
        let found = store.record.models.map(\.digest).filter { $0.hasPrefix(text) }
        guard found.count == 1 else { throw .notInstalled(digest: text) }
        return found[0]
    }
}

extension ModelRequest {
    /// What was asked for, in words.
    fileprivate var subject: String {
        switch source {
        case .incoming(let name): name
        case .installed(let digest): digest
        }
    }
}
