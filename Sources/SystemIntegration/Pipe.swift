import Glibc

/// The two ends of a pipe.
struct Pipe: ~Copyable {
    let reader: FileDescriptor
    let writer: FileDescriptor

    /// - Throws: `SystemIntegrationError.call` when there is no descriptor left.
    init() throws(SystemIntegrationError) {
        var ends: [Int32] = [-1, -1]
        // Sound: the kernel fills the two elements.
        try systemCall("pipe") { unsafe pipe(&ends) }
        self.init(reader: ends[0], writer: ends[1])
    }

    private init(reader: Int32, writer: Int32) {
        self.reader = FileDescriptor(owning: reader)
        self.writer = FileDescriptor(owning: writer)
    }
}
