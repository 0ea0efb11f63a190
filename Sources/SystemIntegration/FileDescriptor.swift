import Glibc

/// A file descriptor that is closed exactly once, when its owner lets it go.
public struct FileDescriptor: ~Copyable, Sendable {
    /// What the kernel calls it.
    public let rawValue: Int32

    /// Takes over an open descriptor.
    public init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        _ = Glibc.close(rawValue)
    }

    /// Opens a file for reading, close-on-exec.
    ///
    /// - Throws: `SystemIntegrationError.call` when the file cannot be opened.
    public static func open(
        forReading path: String
    ) throws(SystemIntegrationError) -> FileDescriptor {
        FileDescriptor(
            owning: try systemCall("open", path) {
                unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
            }
        )
    }

    /// The whole content of a file of at most `limit` bytes.
    ///
    /// - Throws: `SystemIntegrationError.call`, with `EFBIG` when the file is larger.
    public static func contents(
        ofFile path: String,
        limit: Int
    ) throws(SystemIntegrationError) -> [UInt8] {
        try contents(of: try open(forReading: path), path, limit: limit)
    }

    /// The whole content of a regular file of at most `limit` bytes.
    ///
    /// Whoever else may write its folder can neither lead to another file by a symbolic link nor keep
    /// the caller waiting with a pipe.
    ///
    /// - Throws: `SystemIntegrationError.call`, with `EFBIG` when the file is larger, `ELOOP` when it
    ///   is a symbolic link, `EINVAL` when it is anything else but a regular file.
    public static func contents(
        ofRegularFile path: String,
        limit: Int
    ) throws(SystemIntegrationError) -> [UInt8] {
        let file = FileDescriptor(
            owning: try systemCall("open", path) {
                unsafe Glibc.open(
                    path,
                    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK
                )
            }
        )
        var status = stat()
        // Sound: the kernel fills the structure.
        try systemCall("fstat", path) { unsafe fstat(file.rawValue, &status) }
        guard FileStatus(status).kind == .regular else {
            throw .call(name: "open", subject: path, errorNumber: EINVAL)
        }
        guard status.st_size <= limit else {
            throw .call(name: "read", subject: path, errorNumber: EFBIG)
        }
        return try contents(of: file, path, limit: limit)
    }

    private static func contents(
        of file: borrowing FileDescriptor,
        _ path: String,
        limit: Int
    ) throws(SystemIntegrationError) -> [UInt8] {
        var content = [UInt8](repeating: 0, count: 65_536)
        var end = 0
        while true {
            let count = try file.readWaiting(into: &content, from: end)
            if count == 0 { break }
            end += count
            guard end <= limit else {
                throw .call(name: "read", subject: path, errorNumber: EFBIG)
            }
            if end == content.count {
                content.append(contentsOf: repeatElement(0, count: content.count))
            }
        }
        content.removeSubrange(end...)
        return content
    }

    /// A second descriptor of standard input, so that closing it leaves the first one open.
    ///
    /// - Throws: `SystemIntegrationError.call` when standard input is closed.
    public static func standardInput() throws(SystemIntegrationError) -> FileDescriptor {
        FileDescriptor(
            owning: try systemCall("dup", "standard input") {
                fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
            }
        )
    }

    /// Reads into the elements of a buffer from an index on, as many as there are at most.
    ///
    /// - Throws: `SystemIntegrationError.call` when reading fails.
    public func read(
        into buffer: inout [UInt8],
        from start: Int = 0
    ) throws(SystemIntegrationError) -> ReadResult {
        let descriptor = rawValue
        precondition(start < buffer.count, "room for at least one byte")
        while true {
            // Sound: the kernel writes at most `count` bytes, the rest of the array.
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                let rest = unsafe bytes[start...]
                return unsafe Glibc.read(
                    descriptor,
                    UnsafeMutableRawBufferPointer(rebasing: rest).baseAddress,
                    rest.count
                )
            }
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let errorNumber:
                throw .call(name: "read", subject: "", errorNumber: errorNumber)
            }
        }
    }

    /// Reads as `read(into:from:)`, and waits for something also where reads do not block.
    ///
    /// - Returns: the number of bytes, zero at the end of the stream.
    /// - Throws: `SystemIntegrationError.call` when reading fails.
    public func readWaiting(
        into buffer: inout [UInt8],
        from start: Int = 0
    ) throws(SystemIntegrationError) -> Int {
        while true {
            switch try read(into: &buffer, from: start) {
            case .bytes(let count): return count
            case .end: return 0
            case .wouldBlock: _ = try waitUntilReadable(timeoutMilliseconds: -1)
            }
        }
    }

    /// Sends bytes to a socket without blocking and without SIGPIPE.
    ///
    /// - Returns: the number of bytes that the kernel took, `nil` when it would block.
    /// - Throws: `SystemIntegrationError.call` when the peer is gone or sending fails.
    public func send(_ bytes: Span<UInt8>) throws(SystemIntegrationError) -> Int? {
        let descriptor = rawValue
        while true {
            // Sound: the kernel reads at most `count` bytes, the extent of the span.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
                )
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            case let errorNumber:
                throw .call(name: "send", subject: "", errorNumber: errorNumber)
            }
        }
    }

    /// Writes all bytes, waiting where needed: for output that people read, never on the frame path.
    ///
    /// - Throws: `SystemIntegrationError.call` when writing fails.
    public static func writeAll(
        _ text: String,
        to descriptor: Int32
    ) throws(SystemIntegrationError) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            do throws(SystemIntegrationError) {
                bytes = bytes.dropFirst(try write(bytes, to: descriptor))
            } catch .call(_, _, EAGAIN) {
                _ = try wait(for: POLLOUT, on: descriptor, timeoutMilliseconds: -1)
            }
        }
    }

    /// Writes one line if the reader keeps up, and drops it otherwise: never waits.
    ///
    /// A line longer than `PIPE_BUF` is cut there, because a pipe that is ready takes as much.
    ///
    /// - Throws: `SystemIntegrationError.call` when writing fails.
    static func writeLineNow(
        _ line: String,
        to descriptor: Int32
    ) throws(SystemIntegrationError) {
        guard try wait(for: POLLOUT, on: descriptor, timeoutMilliseconds: 0) else { return }
        var bytes = Array(line.utf8)
        if bytes.count > Int(PIPE_BUF) {
            bytes.removeSubrange((Int(PIPE_BUF) - 1)...)
            bytes.append(UInt8(ascii: "\n"))
        }
        _ = try write(bytes[...], to: descriptor)
    }

    private static func write(
        _ bytes: ArraySlice<UInt8>,
        to descriptor: Int32
    ) throws(SystemIntegrationError) -> Int {
        try systemCall("write") {
            // Sound: the kernel reads at most `count` bytes, the extent of the slice.
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
        }
    }

    private static func wait(
        for events: Int32,
        on descriptor: Int32,
        timeoutMilliseconds: Int32
    ) throws(SystemIntegrationError) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        // Sound: one structure, as the count says.
        return try systemCall("poll") { unsafe poll(&polled, 1, timeoutMilliseconds) } > 0
    }

    /// Sends all bytes to a socket, waiting where needed, without SIGPIPE.
    ///
    /// - Throws: `SystemIntegrationError.call` when the peer is gone or sending fails.
    public func sendAll(_ bytes: [UInt8]) throws(SystemIntegrationError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = try systemCall("send") {
                // Sound: the kernel reads at most `count` bytes, the extent of the slice.
                unsafe rest.withUnsafeBytes { buffer in
                    unsafe Glibc.send(
                        rawValue,
                        buffer.baseAddress,
                        buffer.count,
                        Int32(MSG_NOSIGNAL)
                    )
                }
            }
            rest = rest.dropFirst(sent)
        }
    }

    /// Waits until something can be read or the stream is over; a negative timeout waits for ever.
    ///
    /// - Returns: whether that happened in time.
    /// - Throws: `SystemIntegrationError.call` when waiting fails.
    public func waitUntilReadable(
        timeoutMilliseconds: Int32
    ) throws(SystemIntegrationError) -> Bool {
        try Self.wait(for: POLLIN, on: rawValue, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Makes reads answer `.wouldBlock` instead of waiting.
    ///
    /// - Throws: `SystemIntegrationError.call` when the descriptor does not allow it.
    public func setNonBlocking() throws(SystemIntegrationError) {
        let flags = try systemCall("fcntl") { fcntl(rawValue, F_GETFL) }
        try systemCall("fcntl") { fcntl(rawValue, F_SETFL, flags | O_NONBLOCK) }
    }

    /// Makes reads and writes wait.
    ///
    /// - Throws: `SystemIntegrationError.call` when the descriptor does not allow it.
    func setBlocking() throws(SystemIntegrationError) {
        let flags = try systemCall("fcntl") { fcntl(rawValue, F_GETFL) }
        try systemCall("fcntl") { fcntl(rawValue, F_SETFL, flags & ~O_NONBLOCK) }
    }
}
