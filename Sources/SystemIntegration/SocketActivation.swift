import CSystemd
import Glibc

/// Sockets that systemd opened before the service started.
public enum SocketActivation {
    /// Takes the one listening Unix stream socket that systemd passed, `nil` when it passed none.
    ///
    /// `$LISTEN_FDS` is removed from the environment, so it can be taken once.
    ///
    /// - Throws: `SystemIntegrationError.call` when descriptors were passed and none of them, or not
    ///   only one, is a listening Unix stream socket.
    public static func takeListener() throws(SystemIntegrationError) -> FileDescriptor? {
        let count = try libraryCall("sd_listen_fds") { sd_listen_fds(1) }
        guard count > 0 else { return nil }
        let first = SD_LISTEN_FDS_START
        guard count == 1,
            sd_is_socket_unix(first, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0
        else {
            throw .call(
                name: "socket activation",
                subject: "expected one ListenStream= Unix socket",
                errorNumber: EINVAL
            )
        }
        let listener = FileDescriptor(owning: first)
        try listener.setNonBlocking()
        return listener
    }
}
