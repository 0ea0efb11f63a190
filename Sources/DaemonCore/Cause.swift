import SystemIntegration

/// Why something is done, and who asked for it.
struct Cause {
    let words: String
    let peer: PeerCredentials?
    /// The facts that change with it.
    var changed: [String] = []

    init(_ words: String, by peer: PeerCredentials? = nil) {
        self.words = peer.map { "\(words) by \($0)" } ?? words
        self.peer = peer
    }
}
