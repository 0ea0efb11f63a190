import SystemIntegration

/// The socket that the daemon serves: passed by systemd, or made here and removed at the end.
package struct ListeningSocket: ~Copyable {
    /// The listening descriptor.
    let descriptor: FileDescriptor
    /// The socket to remove at the end; `nil` for one that belongs to systemd.
    package let ownFile: PlacedFile?

    /// Takes the socket that systemd passed, unless the command line names another one.
    ///
    /// - Throws: `socket`.
    package init(_ options: Options) throws(DaemonError) {
        do throws(SystemIntegrationError) {
            if options.socket == nil, let passed = try SocketActivation.takeListener() {
                descriptor = passed
                ownFile = nil
            } else {
                let path = Self.path(options)
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
    static func path(_ options: Options) -> String {
        options.socket ?? Environment["AFFECT_SOCKET"] ?? Options.defaultSocket
    }

    /// The descriptor, for whoever serves it.
    package consuming func takeDescriptor() -> FileDescriptor { descriptor }

    /// Makes the last folder of the path; where that is not allowed, binding says so.
    private static func makeFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        try? Directory.make(String(path[..<slash]))
    }
}
