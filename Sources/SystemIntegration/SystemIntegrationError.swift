import Glibc

/// What can go wrong between the daemon and the operating system.
public enum SystemIntegrationError: Error, Equatable, CustomStringConvertible {
    /// A call of the C library or of libsystemd failed.
    case call(name: String, subject: String, errorNumber: Int32)
    /// A socket address does not fit into `sockaddr_un`.
    case socketPathTooLong(path: String, limit: Int)
    /// Another process answers on this socket.
    case socketInUse(path: String)
    /// There is no folder to keep state in.
    case noStateFolder
    /// Something that is no socket stands where the socket should be.
    case notASocket(path: String)

    /// The error in words: what failed and what to do.
    public var description: String {
        switch self {
        case .call(let name, let subject, let errorNumber):
            let reason = Self.describe(errorNumber)
            return subject.isEmpty ? "\(name): \(reason)" : "\(name) \(subject): \(reason)"
        case .socketPathTooLong(let path, let limit):
            return "socket path \(path): expected at most \(limit) bytes; choose a shorter path"
        case .socketInUse(let path):
            return "socket path \(path): another process answers there;"
                + " stop it or choose another path with --socket"
        case .noStateFolder:
            return "there is no folder to keep it in; set control.state_folder"
        case .notASocket(let path):
            return "socket path \(path): a file that is no socket stands there and is left alone;"
                + " remove it or choose another path with --socket"
        }
    }

    /// Whether an error number says that there is no such file.
    public static func isAbsent(_ errorNumber: Int32) -> Bool {
        errorNumber == ENOENT || errorNumber == ENOTDIR
    }

    /// Whether there is no room left, on the disk or in a quota.
    public var isDiskFull: Bool {
        switch self {
        case .call(_, _, ENOSPC), .call(_, _, EDQUOT): true
        default: false
        }
    }

    /// Whether a file is longer than a limit.
    public var isFileTooLarge: Bool {
        if case .call(_, _, EFBIG) = self { return true }
        return false
    }

    /// The operating system's words for an error number.
    public static func describe(_ errorNumber: Int32) -> String {
        // Sound: always a terminated string; valid until the next call of this thread.
        unsafe strerror(errorNumber).map { unsafe String(cString: $0) } ?? "error \(errorNumber)"
    }
}
