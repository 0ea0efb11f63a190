import CSystemd
import Glibc
import SystemIntegration

/// The receiving end of `$NOTIFY_SOCKET`, as systemd has it.
public final class DatagramReceiver {
    private let descriptor: FileDescriptor

    /// Listens at a path.
    public init(at path: String) throws {
        let raw = try systemCall("socket") {
            socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        }
        descriptor = FileDescriptor(owning: raw)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            unsafe field.copyBytes(from: path.utf8)
        }
        try systemCall("bind", path) {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe bind(raw, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
    }

    /// The next datagram as text, empty when there is none.
    public func next() -> String {
        var buffer = [UInt8](repeating: 0, count: 1024)
        guard case .bytes(let count)? = try? descriptor.read(into: &buffer) else { return "" }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
