import Glibc
import ServiceTestSupport
import SystemIntegration
import Testing

@Suite struct ConfinementTests {
    /// What a confined thread has tried: 0 where it could, else the error number.
    private struct Attempts: Sendable {
        /// Of Landlock.
        let version: Int
        var read: Int32 = -1
        var make: Int32 = -1
        var makeFolder: Int32 = -1
        var truncate: Int32 = -1
        var remove: Int32 = -1
        var rename: Int32 = -1
        var execute: Int32 = -1
        var connect: Int32 = -1
        var signal: Int32 = -1
    }

    /// Landlock holds the thread that asks for it and what that starts, so a thread of its own tries;
    /// the limits, which hold the process, are left as they are.
    @Test func whoIsConfinedReachesNoFileNoNetworkAndNoOtherProcess() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write([1, 2, 3], to: "file")
        let new = "\(directory.path)/new"
        let none = Confinement(addressSpaceBytes: .max, processorSeconds: .max, fileBytes: .max)
        var found: Attempts?
        let loop = try EventLoop()
        let work = try BackgroundWork(on: loop, beside: loop) { _ -> Attempts? in
            guard let version = try? none.enter() else { return nil }
            // Sound: the strings live as long as the calls.
            func result(_ status: Int32) -> Int32 { status < 0 ? errno : 0 }
            var attempts = Attempts(version: version)
            attempts.read = result(unsafe open(path, O_RDONLY))
            attempts.make = result(unsafe open(new, O_CREAT | O_WRONLY, 0o600))
            attempts.makeFolder = result(unsafe mkdir(new, 0o700))
            attempts.truncate = result(unsafe truncate(path, 1))
            attempts.remove = result(unsafe unlink(path))
            attempts.rename = result(unsafe rename(path, new))
            var words: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
            attempts.execute = result(unsafe execv("/bin/true", &words))
            attempts.connect = Self.connect()
            attempts.signal = result(kill(getppid(), 0))
            return attempts
        } completion: {
            found = $0
        }
        work.wait()
        guard let found else { return print("absent: Landlock in this kernel") }
        for (name, error) in [
            ("read", found.read), ("make", found.make), ("makeFolder", found.makeFolder),
            ("remove", found.remove), ("rename", found.rename), ("execute", found.execute),
        ] { #expect(error == EACCES, "\(name)") }
        // Landlock came with Linux 5.13; these rights with 6.2, 6.7 and 6.12.
        if found.version >= 3 {
            #expect(found.truncate == EACCES)
            #expect(try FileDescriptor.contents(ofFile: path, limit: 9) == [1, 2, 3])
        }
        if found.version >= 4 { #expect(found.connect == EACCES) }
        if found.version >= 6 { #expect(found.signal == EPERM) }
    }

    /// Asks for a connection to a port of this machine.
    private static func connect() -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(9).bigEndian
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        // Sound: the address is read as what it is.
        let status = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe Glibc.connect(
                    handle,
                    address,
                    socklen_t(MemoryLayout<sockaddr_in>.size)
                )
            }
        }
        return status < 0 ? errno : 0
    }
}
