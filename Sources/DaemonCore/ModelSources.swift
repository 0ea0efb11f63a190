import ModelStore

/// What a model is held to: the keys that count, and the models of the packages.
struct ModelSources: Sendable {
    let policy: TrustPolicy
    /// Read anew each time: they are not worth their memory all the time.
    let packaged: [VerifiedModel]

    init(_ policy: TrustPolicy) {
        self.policy = policy
        packaged = VerifiedModel.packaged(ModelManager.task, policy: policy).models
    }
}
