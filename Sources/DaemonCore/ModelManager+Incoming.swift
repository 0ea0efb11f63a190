import SystemIntegration

extension ModelManager {
    /// Takes what lies in the folder of what comes in, and what is put there from now on.
    ///
    /// - Throws: `SystemIntegrationError.call` when there is nothing left to watch with.
    func startTaking() throws(SystemIntegrationError) {
        try incoming.watch(on: keeper.loop) { [weak self] in self?.takeNext() }
        takeNext()
    }

    /// Takes what lies in the folder, with or without signature: whoever puts files there and reloads says that
    /// they are complete.
    func takeAll() {
        incoming.declareComplete()
        takeNext()
    }

    private func takeNext() {
        guard !isTaking, let name = incoming.next() else { return }
        take(ModelRequest(source: .incoming(name: name))) { _ in }
    }
}
