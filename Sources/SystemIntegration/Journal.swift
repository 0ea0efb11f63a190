import CSystemd
import Glibc

/// Writes structured entries to the systemd journal.
///
/// Where there is no journal, and when somebody watches on a terminal, the message goes to standard
/// error as a plain line.
public struct Journal: Sendable {
    private let writesEntries: Bool
    /// Where lines go, `nil` for entries alone.
    private let lineDescriptor: Int32?

    /// Looks once whether the journal's socket is there.
    public init() {
        let hasJournal = unsafe access("/run/systemd/journal/socket", W_OK) == 0
        let writesLines = !hasJournal || isatty(STDERR_FILENO) == 1
        self.init(writesEntries: hasJournal, linesTo: writesLines ? STDERR_FILENO : nil)
    }

    package init(writesEntries: Bool, linesTo descriptor: Int32?) {
        self.writesEntries = writesEntries
        lineDescriptor = descriptor
    }

    /// Writes one entry; an entry that the journal or standard error cannot take is lost, never waited
    /// for.
    public func write(_ entry: JournalEntry) {
        if writesEntries { send(entry.encodedFields()) }
        if let lineDescriptor {
            // Standard error may be closed; there is nobody left to tell.
            try? FileDescriptor.writeLineNow(entry.line, to: lineDescriptor)
        }
    }

    private func send(_ fields: [[UInt8]]) {
        var bytes: [UInt8] = []
        for field in fields { bytes += field }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var vectors = unsafe [iovec]()
            unsafe vectors.reserveCapacity(fields.count)
            var offset = 0
            for field in fields {
                // Sound: the offsets partition the buffer, which outlives the call below.
                unsafe vectors.append(
                    iovec(iov_base: base + offset, iov_len: field.count)
                )
                offset += field.count
            }
            _ = unsafe sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}
