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
        let model: VerifiedModel
        let staged: StagedModel?
    }

    /// What reading a model has led to.
    private struct Reading: Sendable {
        let sources: ModelSources
        /// What was read, also where it is not accepted.
        var model: VerifiedModel?
        let result: Result<Candidate, ModelRejection>
    }

    /// Checks a model and takes it into use.
    ///
    /// Whatever comes of it is told; what came in is removed.
    func take(_ request: ModelRequest, completion: @escaping Completion) {
        // The next one has a turn of the loop of its own.
        let end: Completion = { [incoming] result in
            completion(result)
            incoming.lookAgain()
        }
        if let refusal { return refuse(request, refusal, end) }
        isTaking = true
        keeper.later { [readSources, folder = incoming.path] store in
            Self.read(request, in: folder, store, readSources())
        } completion: { [weak self] reading in
            self?.check(reading, request) { result in
                self?.isTaking = false
                end(result)
            }
        }
    }

    /// Why no model can be taken now.
    private var refusal: ModelRejection? {
        if let path = configuration.text(.emotionModel) {
            Self.rejection(named: path)
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
        in folder: String,
        _ store: ModelStore,
        _ sources: ModelSources
    ) -> Reading {
        var found: VerifiedModel?
        do throws(ModelRejection) {
            let model: VerifiedModel
            var staged: StagedModel?
            switch request.source {
            case .incoming(let name):
                model = try VerifiedModel(reading: "\(folder)/\(name)", policy: sources.policy)
                found = model
                staged = try store.stage(
                    model,
                    packaged: sources.packaged,
                    allowDowngrade: request.allowDowngrade,
                    retry: request.retry
                )
            case .installed(let digest):
                model = try store.verified(digest, policy: sources.policy)
            }
            let candidate = Candidate(sources: sources, model: model, staged: staged)
            return Reading(sources: sources, model: model, result: .success(candidate))
        } catch {
            return Reading(sources: sources, model: found, result: .failure(error))
        }
    }

    /// Lets a child process check the model, and goes on when it has passed.
    private func check(
        _ reading: Reading,
        _ request: ModelRequest,
        _ completion: @escaping Completion
    ) {
        goBy(reading.sources)
        if let model = reading.model {
            tell(.offered, LoadedModel(model).reference, "\(model.trust)", by: request.peer)
        }
        let candidate: Candidate
        do throws(ModelRejection) {
            candidate = try reading.result.get()
        } catch {
            return reject(request, reading.model, staged: nil, error, completion)
        }
        let (model, staged) = (candidate.model, candidate.staged)
        do throws(ModelRejection) {
            runningCheck = try check.start(staged?.path ?? model.path, on: keeper.loop) {
                [weak self] failure in
                self?.runningCheck = nil
                if let failure {
                    self?.reject(request, model, staged: staged, failure, completion)
                } else {
                    self?.accept(candidate, request, completion)
                }
            }
        } catch {
            reject(request, model, staged: staged, error, completion)
        }
    }

    private func accept(
        _ candidate: Candidate,
        _ request: ModelRequest,
        _ completion: @escaping Completion
    ) {
        let model = candidate.model
        tell(
            .verified,
            LoadedModel(model).reference,
            Self.praise(model),
            by: request.peer
        )
        let files = files(of: request)
        keeper.later { [boot = BootIdentity.current] store -> Acceptance in
            do throws(ModelRejection) {
                try Self.activate(candidate, request, store)
            } catch {
                return Acceptance(rejection: error)
            }
            let trouble = store.beginRun(inBoot: boot)
            return Acceptance(left: Self.remove(files), trouble: trouble)
        } completion: { [weak self] acceptance in
            guard let self else { return }
            if let rejection = acceptance.rejection {
                return reject(
                    request,
                    model,
                    staged: candidate.staged,
                    rejection,
                    completion
                )
            }
            hasRemoved(request, acceptance.left)
            keepingTrouble = acceptance.trouble
            if inUse != model.digest.hexadecimal {
                use(model, reason: request.peer.map { "asked for by \($0)" } ?? "it came in")
            }
            completion(.success(loaded(model).reference))
        }
    }

    private static func praise(_ model: VerifiedModel) -> String {
        guard model.trust == .unsigned else {
            return "signature, structure and self-test are in order"
        }
        return "structure and self-test are in order; it is not signed, which models.signatures"
            + " allows"
    }

    /// What has come of taking a checked model into the store.
    private struct Acceptance: Sendable {
        var rejection: ModelRejection?
        /// Whether the file that came in could not be removed.
        var left = false
        var trouble: String?
    }

    private static func activate(
        _ candidate: Candidate,
        _ request: ModelRequest,
        _ store: ModelStore
    ) throws(ModelRejection) {
        let model = candidate.model
        // What the child has run runs here, too.
        if let objection = model.objection {
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
        _ model: VerifiedModel?,
        staged: StagedModel?,
        _ rejection: ModelRejection,
        _ completion: @escaping Completion
    ) {
        var reference = model.map { LoadedModel($0).reference }
        reference?.phase = .available
        let entry = HistoryEntry(
            .rejected,
            at: Clock.wallClockMicroseconds,
            digest: reference?.digest,
            subject: reference?.title ?? request.subject,
            reason: "\(rejection)"
        )
        let files = files(of: request)
        keeper.later { store -> Bool in
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
        return incoming.files(of: name)
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
        incoming.hasRemoved(name, isLeft: isLeft)
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
