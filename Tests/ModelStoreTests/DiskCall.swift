import CDiskTrace
import SystemIntegration

/// A system call by which a program changed files, as it was seen from outside.
struct DiskCall {
    let name: String
    let result: Int
    let path: String
    let newPath: String
    /// The offset of a write, the number of an unknown system call; for `open`, whether it truncates.
    let number: Int
    let data: [UInt8]

    init?(line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 6, let result = Int(fields[1]), let number = Int(fields[4]) else {
            return nil
        }
        name = String(fields[0])
        self.result = result
        path = String(fields[2])
        newPath = String(fields[3])
        self.number = number
        let digits = Array(fields[5].utf8).map { $0 > 0x60 ? $0 - 0x57 : $0 - 0x30 }
        data = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// How a program that was watched has ended.
enum TraceEnd: Equatable {
    case exit(Int)
    case killed
    case signal
    /// Processes cannot be watched here.
    case impossible
}

/// Runs the program of the steps and notes what it does to the disk; kills it before a call.
func traceSteps(
    _ steps: [String],
    in root: String,
    killBefore number: Int = -1
) throws -> (end: TraceEnd, calls: [DiskCall]) {
    let own = try Directory.target(ofLink: "/proc/self/exe")
    // Products lie beside the bundle of the tests.
    let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let program = (folder + ["store-steps"]).joined(separator: "/")
    let log = "\(root).log"
    defer { Directory.removeFile(log) }
    let status = unsafe withCStrings([program, root] + steps) { arguments in
        // Sound: strings and array live until the call returns.
        unsafe trace_disk(arguments, "\(root)/state", number, log)
    }
    let text = try FileDescriptor.contents(ofFile: log, limit: 64 << 20)
    let calls = String(decoding: text, as: UTF8.self).split(separator: "\n")
        .compactMap(DiskCall.init(line:))
    let end: TraceEnd =
        switch status {
        case -1: .killed
        case -2: .signal
        case -3: .impossible
        default: .exit(Int(status))
        }
    return (end, calls)
}

/// Calls with an array of C strings that ends with a null pointer.
private func withCStrings<Result>(
    _ texts: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let bytes = texts.map { $0.utf8CString }
    var pointers: [UnsafePointer<CChar>?] = unsafe []
    func next(_ index: Int) -> Result {
        guard index < bytes.count else {
            unsafe pointers.append(nil)
            return unsafe body(pointers)
        }
        return unsafe bytes[index].withUnsafeBufferPointer { buffer in
            unsafe pointers.append(buffer.baseAddress)
            return next(index + 1)
        }
    }
    return next(0)
}
