/// Cuts a stream of bytes into messages.
///
/// A message ends with NUL, as varlink has it, or with a line feed outside of all braces, brackets and
/// strings, so that people can type and scripts can `echo`. Blank lines are skipped.
package struct MessageFramer {
    /// What ended a message; the answer ends the same way.
    package enum Terminator: Equatable {
        case nul
        case lineFeed
        /// Nothing was read yet: an answer ends with a line feed and NUL, which both kinds of clients take.
        case both

        /// The bytes behind an answer.
        var bytes: [UInt8] {
            switch self {
            case .nul: [0]
            case .lineFeed: [0x0A]
            case .both: [0x0A, 0]
            }
        }
    }

    /// One message without its terminator.
    package struct Frame: Equatable {
        package let bytes: [UInt8]
        package let terminator: Terminator
    }

    private let limit: Int
    private var pending: [UInt8] = []
    private var scanned = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// Makes a framer for messages of at most `limit` bytes.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Whether a message is longer than the limit; nothing more comes out then.
    package private(set) var isOverLimit = false

    /// Adds what arrived.
    package mutating func append(_ bytes: ArraySlice<UInt8>) {
        if !isOverLimit { pending += bytes }
    }

    /// The next whole message, `nil` when more bytes are needed or the limit is passed.
    package mutating func next() -> Frame? {
        while scanned < pending.count {
            let byte = pending[scanned]
            scanned += 1
            if byte == 0 {
                if let frame = cut(.nul) { return frame }
            } else if byte == 0x0A && depth == 0 && !isInString {
                if let frame = cut(.lineFeed) { return frame }
            } else {
                follow(byte)
            }
            if scanned > limit {
                isOverLimit = true
                pending = []
                scanned = 0
            }
        }
        return nil
    }

    /// What is left when the stream ends, as if a line feed had come.
    package mutating func finish() -> Frame? {
        guard !isOverLimit else { return nil }
        pending.append(0x0A)
        scanned = pending.count
        return cut(.lineFeed)
    }

    private mutating func cut(_ terminator: Terminator) -> Frame? {
        let bytes = Array(pending[..<(scanned - 1)])
        pending.removeFirst(scanned)
        scanned = 0
        depth = 0
        isInString = false
        isEscaped = false
        let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        return isBlank ? nil : Frame(bytes: bytes, terminator: terminator)
    }

    /// Keeps count of braces, brackets and strings.
    private mutating func follow(_ byte: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
        default: break
        }
    }
}
