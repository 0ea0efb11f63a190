import ModelStore
import SystemIntegration

/// The model store, with all its writing done beside the event loop: a memory card that takes its time
/// keeps neither the microphone nor the watchdog waiting.
///
/// One thing is done after the other, in the order in which they were asked for.
final class StoreKeeper {
    /// What the store knew when the last work was done.
    private(set) var record: StoreRecord
    /// What is wrong with the store, in words, when the last work was done.
    private(set) var trouble: [String]
    /// Beside which work is done.
    let loop: EventLoop

    private let store: ModelStore
    private var running: BackgroundWork?
    private var waiting: [() -> Void] = []

    /// Takes a store over: nobody else may use it from here on.
    init(_ store: ModelStore, beside loop: EventLoop) {
        self.store = store
        self.loop = loop
        record = store.record
        trouble = store.trouble
    }

    /// What happened, oldest first.
    var entries: [HistoryEntry] { store.entries }

    /// Where the file of an installed model is.
    func path(of digest: String) -> String { store.path(of: digest) }

    /// Does something at once, after all that was asked for before.
    func now<Value>(_ body: (ModelStore) -> Value) -> Value {
        finish()
        defer { update() }
        return body(store)
    }

    /// Does something beside the loop; `completion` is called when it is done.
    func later<Value: Sendable>(
        _ body: @escaping @Sendable (ModelStore) -> Value,
        completion: @escaping (Value) -> Void
    ) {
        waiting.append { [weak self] in self?.start(body, completion) }
        startNext()
    }

    /// Waits until all is done that was asked for.
    func finish() {
        while let work = running { work.wait() }
    }

    private func startNext() {
        guard running == nil, !waiting.isEmpty else { return }
        waiting.removeFirst()()
    }

    private func start<Value: Sendable>(
        _ body: @escaping @Sendable (ModelStore) -> Value,
        _ completion: @escaping (Value) -> Void
    ) {
        let end: (Value) -> Void = { [weak self] value in
            self?.running = nil
            self?.update()
            completion(value)
            self?.startNext()
        }
        running = try? BackgroundWork(on: store, beside: loop, body, completion: end)
        // Where there is no room for a thread, the work is done all the same.
        if running == nil { end(body(store)) }
    }

    private func update() {
        record = store.record
        trouble = store.trouble
    }
}
