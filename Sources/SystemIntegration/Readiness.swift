import Glibc

/// What a descriptor is ready for, as `poll` and `epoll` say it.
public struct Readiness: OptionSet, Sendable {
    /// The bits of `POLLIN` and its siblings; `EPOLLIN` and its siblings have the same values.
    public let rawValue: UInt32

    /// Takes the kernel's bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Something can be read, or the end of the stream is reached.
    public static let readable = Readiness(rawValue: UInt32(POLLIN))
    /// Something can be written.
    public static let writable = Readiness(rawValue: UInt32(POLLOUT))
    /// Something is wrong; always reported.
    public static let failed = Readiness(rawValue: UInt32(POLLERR))
    /// The other side is gone; always reported.
    public static let hungUp = Readiness(rawValue: UInt32(POLLHUP))
}
