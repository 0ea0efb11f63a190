import DaemonConfiguration
import EventProtocol
import ModelStore
import ModelTrust
import SystemIntegration

extension ModelManager {
    /// What comes of a request: the model that answers from now on.
    typealias Completion = (Result<ModelReference, ModelRejection>) -> Void

    /// A model that has been read with all checks, and staged where it is not installed.
    private struct Candidate: Sendable {
        let sources: ModelSources
        var model: VerifiedModel?
        var staged: StagedModel?
        var rejection: ModelRejection?
    }

    /// Checks a model and takes it into use.
    ///
    /// Whatever comes of it is told; what came in is removed.
    func take(_ request: ModelRequest, completion: @escaping Completion) {
        if let refusal { return refuse(request, refusal, completion) }
        isTaking = true
        keeper.later { [readSources, incoming] store in
            Self.read(request, in: incoming, store, readSources())
        } completion: { [weak self] candidate in
            self?.check(candidate, request) { result in
                self?.isTaking = false
                completion(result)
            }
        }
    }

    /// Why no model can be taken now.
    private var refusal: ModelRejection? {
        if let path = configuration.text(.emotionModel) {
            .unavailable(
                reason: "models.emotion names \(path), and that model runs whatever is installed"
            )
        } else if isTaking {
            .unavailable(reason: "another model is being checked; try again when it is done")
        } else {
            nil
        }
    }

    /// Takes nothing, and reads and writes nothing either: the disk may be what keeps everybody waiting.
    private func refuse(
        _ request: ModelRequest,
        _ refusal: ModelRejection,
        _ completion: Completion
    ) {
        hasRemoved(request, Self.remove(files(of: request)))
        tell(.rejected, nil, "\(request.subject): \(refusal)", by: request.peer)
        completion(.failure(refusal))
    }

    private static func read(
        _ request: ModelRequest,
        in incoming: String,
        _ store: ModelStore,
        _ sources: ModelSources
    ) -> Candidate {
        var candidate = Candidate(sources: sources)
        do throws(ModelRejection) {
            switch request.source {
            case .incoming(let name):
                let model = try VerifiedModel(
                    reading: "\(incoming)/\(name)",
                    policy: sources.policy
                )
                candidate.model = model
                candidate.staged = try store.stage(
                    model,
                    packaged: sources.packaged,
                    allowDowngrade: request.allowDowngrade,
                    retry: request.retry
                )
            case .installed(let digest):
                candidate.model = try store.verified(digest, policy: sources.policy)
            }
        } catch {
            candidate.rejection = error
        }
        return candidate
    }

    /// Lets a child process check the model, and goes on when it has passed.
    private func check(
        _ candidate: Candidate,
        _ request: ModelRequest,
        _ completion: @escaping Completion
    ) {
        goBy(candidate.sources)
        if let model = candidate.model {
            tell(.offered, LoadedModel(model).reference, "\(model.trust)", by: request.peer)
        }
        do throws(ModelRejection) {
            if let rejection = candidate.rejection { throw rejection }
            guard let loop, let model = candidate.model else { return }
            runningCheck = try check.start(candidate.staged?.path ?? model.path, on: loop) {
                [weak self] failure in
                self?.runningCheck = nil
                if let failure {
                    self?.reject(request, candidate, failure, completion)
                } else {
                    self?.accept(model, candidate, request, completion)
                }
            }
        } catch {
            reject(request, candidate, error, completion)
        }
    }

    private func accept(
        _ model: VerifiedModel,
        _ candidate: Candidate,
        _ request: ModelRequest,
        _ completion: @escaping Completion
    ) {
        tell(
            .verified,
            LoadedModel(model).reference,
            "signature, structure and self-test are in order",
            by: request.peer
        )
        let files = files(of: request)
        keeper.later { [boot = BootIdentity.current] store -> Acceptance in
            do throws(ModelRejection) {
                try Self.activate(model, candidate, request, store)
            } catch {
                return Acceptance(rejection: error)
            }
            let trouble = Self.beginRun(store, boot)
            return Acceptance(left: Self.remove(files), trouble: trouble)
        } completion: { [weak self] acceptance in
            guard let self else { return }
            if let rejection = acceptance.rejection {
                return reject(request, candidate, rejection, completion)
            }
            hasRemoved(request, acceptance.left)
            keepingTrouble = acceptance.trouble
            if inUse != model.digest.hexadecimal {
                use(model, reason: request.peer.map { "asked for by \($0)" } ?? "it came in")
            }
            completion(.success(loaded(model).reference))
        }
    }

    /// What has come of taking a checked model into the store.
    private struct Acceptance: Sendable {
        var rejection: ModelRejection?
        /// Whether the file that came in could not be removed.
        var left = false
        var trouble: String?
    }

    private static func activate(
        _ model: VerifiedModel,
        _ candidate: Candidate,
        _ request: ModelRequest,
        _ store: ModelStore
    ) throws(ModelRejection) {
        // What the child has run runs here, too.
        if let objection = objection(to: model) {
            throw .unfit(path: model.path, reason: objection)
        }
        let now = Clock.wallClockMicroseconds
        if let staged = candidate.staged {
            try store.install(staged, policy: candidate.sources.policy, at: now)
        }
        try store.activate(
            model.digest.hexadecimal,
            packaged: candidate.sources.packaged,
            allowDowngrade: request.allowDowngrade,
            retry: request.retry,
            at: now
        )
    }

    private func reject(
        _ request: ModelRequest,
        _ candidate: Candidate,
        _ rejection: ModelRejection,
        _ completion: @escaping Completion
    ) {
        var reference = candidate.model.map { LoadedModel($0).reference }
        reference?.phase = .available
        let entry = HistoryEntry(
            .rejected,
            at: Clock.wallClockMicroseconds,
            digest: reference?.digest,
            subject: reference?.title ?? request.subject,
            reason: "\(rejection)"
        )
        let files = files(of: request)
        keeper.later { [staged = candidate.staged] store -> Bool in
            if let staged { store.discard(staged) }
            store.note(entry)
            return Self.remove(files)
        } completion: { [weak self] isLeft in
            self?.hasRemoved(request, isLeft)
            self?.tell(.rejected, reference, "\(rejection)", by: request.peer)
            completion(.failure(rejection))
        }
    }

    /// The files that have come in with a request, the model first.
    private func files(of request: ModelRequest) -> [String] {
        guard case .incoming(let name) = request.source else { return [] }
        return ["", VerifiedModel.signatureSuffix].map { "\(incoming)/\(name)\($0)" }
    }

    /// Removes files.
    ///
    /// - Returns: whether the first one stays.
    private static func remove(_ files: [String]) -> Bool {
        for path in files { Directory.removeFile(path) }
        return files.first.map { (try? FileStatus(of: $0)) != nil } ?? false
    }

    private func hasRemoved(_ request: ModelRequest, _ isLeft: Bool) {
        guard case .incoming(let name) = request.source else { return }
        declared.remove(name)
        if isLeft { ignored.insert(name) }
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
        let found = record.models.map(\.digest).filter { $0.hasPrefix(text) }
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
