import DaemonConfiguration
import SystemIntegration

/// The socket that the daemon serves: passed by systemd, or made here and removed at the end.
package struct ListeningSocket: ~Copyable {
    /// Where the daemon serves when nothing else is said.
    static let defaultPath = "/run/affectd/socket"

    /// The listening descriptor.
    let descriptor: FileDescriptor
    /// The socket to remove at the end; `nil` for one that belongs to systemd.
    package let ownFile: PlacedFile?

    /// Takes the socket that systemd passed, or makes the configured one.
    ///
    /// - Parameter isPassedWelcome: whether one that systemd passed is taken, if there is one.
    /// - Throws: `socket`.
    package init(
        _ configuration: Configuration,
        isPassedWelcome: Bool = true
    ) throws(DaemonError) {
        do throws(SystemIntegrationError) {
            if isPassedWelcome, let passed = try SocketActivation.takeListener() {
                descriptor = passed
                ownFile = nil
            } else {
                let path = Self.path(configuration)
                Self.makeFolder(of: path)
                let listener = try UnixSocket.listen(at: path, permissions: 0o660)
                ownFile = try PlacedFile(at: path)
                descriptor = listener
            }
        } catch {
            throw .socket(error)
        }
    }

    /// Where a socket is made when systemd passed none.
    static func path(_ configuration: Configuration) -> String {
        configuration.text(.socketPath) ?? defaultPath
    }

    /// The descriptor, for whoever serves it.
    package consuming func takeDescriptor() -> FileDescriptor { descriptor }

    /// Makes the last folder of the path; where that is not allowed, binding says so.
    private static func makeFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        try? Directory.make(String(path[..<slash]))
    }
}
