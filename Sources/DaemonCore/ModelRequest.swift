import SystemIntegration

/// Somebody wants a model to be taken into use.
struct ModelRequest: Sendable {
    /// Where the model is.
    enum Source: Sendable {
        /// A file in the folder of what comes in, with its signature beside it.
        case incoming(name: String)
        /// A model that is installed.
        case installed(digest: String)
    }

    let source: Source
    /// Takes a release that is not above the floor.
    var allowDowngrade = false
    /// Takes a model that was taken back before.
    var retry = false
    /// Who asks; `nil` for the folder itself.
    var peer: PeerCredentials?
}
