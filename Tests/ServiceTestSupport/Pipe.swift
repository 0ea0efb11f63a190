import Glibc
import SystemIntegration

/// Both ends of a pipe.
public struct Pipe: ~Copyable, Sendable {
    /// Where it is read.
    public let reader: FileDescriptor
    /// Where it is written.
    public let writer: FileDescriptor

    /// Makes a pipe whose ends wait.
    public init() throws {
        var ends: [Int32] = [0, 0]
        try systemCall("pipe") { unsafe pipe(&ends) }
        reader = FileDescriptor(owning: ends[0])
        writer = FileDescriptor(owning: ends[1])
    }

    /// The lines that wait in it.
    public func lines() throws -> [String] {
        try reader.setNonBlocking()
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case .bytes(let count) = try reader.read(into: &buffer) { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Writes until the pipe takes no more.
    ///
    /// - Returns: how many bytes that were.
    public func fill() throws -> Int {
        let zeros = [UInt8](repeating: 0, count: 4096)
        var polled = pollfd(fd: writer.rawValue, events: Int16(POLLOUT), revents: 0)
        var count = 0
        while unsafe poll(&polled, 1, 0) > 0 {
            count += unsafe write(writer.rawValue, zeros, zeros.count)
        }
        return count
    }
}

/// Ends what goes through a descriptor without closing its number: it becomes `/dev/null`.
public func endStream(_ descriptor: Int32) {
    guard let null = try? FileDescriptor.open(forReading: "/dev/null") else { return }
    _ = dup2(null.rawValue, descriptor)
}
