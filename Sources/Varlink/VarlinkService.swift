public import SystemIntegration

/// What a varlink server serves.
///
/// The server itself answers for `org.varlink.service`.
public protocol VarlinkService: AnyObject {
    /// Who the service is.
    var information: VarlinkInformation { get }
    /// The interfaces it serves, with their descriptions.
    var interfaces: [VarlinkInterface] { get }
    /// Answers one call of one of the interfaces.
    ///
    /// - Parameter peer: who calls; `nil` when the kernel does not tell.
    func answer(_ call: VarlinkCall, from peer: PeerCredentials?) -> VarlinkAnswer
    /// Learns of a client that is sent off because it did not read.
    ///
    /// - Parameters:
    ///   - peer: who it is; `nil` when the kernel does not tell.
    ///   - limitBytes: what its queue may hold.
    func clientWasTooSlow(_ peer: PeerCredentials?, limitBytes: Int)
}
