import SystemIntegration

/// Writes the mute beside the event loop: the microphone does not wait for the disk, whoever asked for the
/// mute does.
///
/// One mute is written after the other, and of those that wait only the last one: a disk that never answers
/// makes nothing grow.
final class MuteKeeper {
    private struct Request {
        let mute: MuteStore.Mute
        let wallClockMicroseconds: UInt64
        let completion: () -> Void
    }

    /// What keeps the mute from being kept, in words.
    private(set) var trouble: String?

    private let store: MuteStore
    private let loop: EventLoop
    private var running: BackgroundWork?
    private var waiting: Request?

    /// - Parameter loop: the loop beside which files are written.
    init(_ store: MuteStore, beside loop: EventLoop) {
        self.store = store
        self.loop = loop
    }

    /// What was kept; read at once.
    func load() -> MuteStore.Mute { store.load() }

    /// Keeps a mute, or that there is none.
    ///
    /// - Parameter completion: called when the disk has taken it or has not, as `trouble` says, or when
    ///   something else is to be kept before its turn has come.
    func keep(_ mute: MuteStore.Mute, completion: @escaping () -> Void) {
        let outdated = waiting
        waiting = Request(
            mute: mute,
            wallClockMicroseconds: Clock.wallClockMicroseconds,
            completion: completion
        )
        startNext()
        outdated?.completion()
    }

    /// Waits until all is kept.
    func finish() {
        while let work = running { work.wait() }
    }

    private func startNext() {
        guard running == nil, let request = waiting else { return }
        waiting = nil
        let save: @Sendable (MuteStore) -> SystemIntegrationError? = {
            [mute = request.mute, now = request.wallClockMicroseconds] store in
            do throws(SystemIntegrationError) {
                try store.save(mute, wallClockMicroseconds: now)
                return nil
            } catch {
                return error
            }
        }
        running = try? BackgroundWork(on: store, beside: loop, save) { [weak self] error in
            self?.end(request, error)
        }
        // Where there is no room for a thread, it is written all the same.
        if running == nil { end(request, save(store)) }
    }

    private func end(_ request: Request, _ error: SystemIntegrationError?) {
        running = nil
        trouble = error.map { error in
            request.mute == .no
                ? "the mute may come back with a restart: \(error)"
                : "the mute ends with a restart: \(error)"
        }
        request.completion()
        startNext()
    }
}
