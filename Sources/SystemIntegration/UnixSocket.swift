import CSystemd
import Glibc

/// Unix stream sockets: listening, connecting and taking what comes.
public enum UnixSocket {
    /// Listens at a path with the given permissions, replacing a socket that nobody answers.
    ///
    /// - Parameter patienceMicroseconds: how long to wait for another process that is about to listen there.
    /// - Throws: `socketInUse` when somebody answers, `notASocket` when another kind of file stands
    ///   there (it is left alone), `socketPathTooLong`, and `call` for everything else.
    public static func listen(
        at path: String,
        permissions: mode_t,
        patienceMicroseconds: UInt64 = 5_000_000
    ) throws(SystemIntegrationError) -> FileDescriptor {
        let listener = try makeSocket()
        // Of two processes that find the same stale socket, the second waits here and finds the new one.
        let lock = try lockFolder(of: path, patienceMicroseconds: patienceMicroseconds)
        defer { keep(lock) }
        do {
            try bind(listener, to: path)
        } catch .call(_, _, EADDRINUSE) {
            try removeStaleSocket(at: path)
            try bind(listener, to: path)
        }
        try systemCall("chmod", path) { unsafe chmod(path, permissions) }
        try systemCall("listen", path) { Glibc.listen(listener.rawValue, 64) }
        return listener
    }

    /// Lets a descriptor live up to here.
    static func keep(_: borrowing FileDescriptor) {}

    /// Locks the folder of a path until the descriptor is closed.
    ///
    /// Whoever may read a folder may lock it, for ever: nobody is waited for longer than the patience.
    static func lockFolder(
        of path: String,
        patienceMicroseconds: UInt64
    ) throws(SystemIntegrationError) -> FileDescriptor {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = try FileDescriptor.open(forReading: folder)
        let deadline = Clock.monotonicMicroseconds + patienceMicroseconds
        while true {
            do {
                try systemCall("flock", folder) { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) }
                return descriptor
            } catch .call(_, _, EWOULDBLOCK) where Clock.monotonicMicroseconds < deadline {
                usleep(lockPollMicroseconds)
            }
        }
    }

    /// Connects to a listening socket without waiting; the descriptor blocks.
    ///
    /// - Throws: `call` with `ENOENT` or `ECONNREFUSED` when nobody listens, with `EAGAIN` when
    ///   somebody does and takes no connection; `socketPathTooLong`.
    public static func connect(to path: String) throws(SystemIntegrationError) -> FileDescriptor {
        let descriptor = try makeSocket()
        var address = try socketAddress(path)
        try systemCall("connect", path) {
            // Sound: the address is a filled `sockaddr_un` of exactly this length.
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe Glibc.connect(
                        descriptor.rawValue,
                        generic,
                        socklen_t(MemoryLayout<sockaddr_un>.size)
                    )
                }
            }
        }
        try descriptor.setBlocking()
        return descriptor
    }

    /// Takes one waiting connection, non-blocking; `nil` when none waits or the peer left already.
    ///
    /// - Throws: `call` when the process has no descriptor left, among others.
    public static func accept(
        from listener: borrowing FileDescriptor
    ) throws(SystemIntegrationError) -> FileDescriptor? {
        let raw = listener.rawValue
        do {
            let connection = FileDescriptor(
                owning: try systemCall("accept") { Glibc.accept(raw, nil, nil) }
            )
            try systemCall("fcntl") { fcntl(connection.rawValue, F_SETFD, FD_CLOEXEC) }
            try connection.setNonBlocking()
            return connection
        } catch .call(_, _, EAGAIN), .call(_, _, ECONNABORTED) {
            return nil
        }
    }

    /// What lies between two looks at a lock, in microseconds; who holds it rightly needs less than a millisecond.
    private static let lockPollMicroseconds: UInt32 = 5000

    private static func makeSocket() throws(SystemIntegrationError) -> FileDescriptor {
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        return FileDescriptor(
            owning: try systemCall("socket") { socket(AF_UNIX, Int32(type), 0) }
        )
    }

    private static func bind(
        _ descriptor: borrowing FileDescriptor,
        to path: String
    ) throws(SystemIntegrationError) {
        var address = try socketAddress(path)
        let raw = descriptor.rawValue
        try systemCall("bind", path) {
            // Sound: the address is a filled `sockaddr_un` of exactly this length.
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe Glibc.bind(
                        raw,
                        generic,
                        socklen_t(MemoryLayout<sockaddr_un>.size)
                    )
                }
            }
        }
    }

    /// Deletes a socket that refuses connections, and nothing else.
    private static func removeStaleSocket(at path: String) throws(SystemIntegrationError) {
        var status = stat()
        try systemCall("lstat", path) { unsafe lstat(path, &status) }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        do {
            _ = try connect(to: path)
        } catch .call(_, _, ECONNREFUSED) {
            try systemCall("unlink", path) { unsafe unlink(path) }
            return
        } catch .call(_, _, EAGAIN) {
            throw .socketInUse(path: path)
        }
        throw .socketInUse(path: path)
    }

    private static func socketAddress(
        _ path: String
    ) throws(SystemIntegrationError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let limit = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard bytes.count <= limit else {
            throw .socketPathTooLong(path: path, limit: limit)
        }
        // Sound: `limit` keeps one zero byte at the end of the field.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            unsafe field.copyBytes(from: bytes)
        }
        return address
    }
}
