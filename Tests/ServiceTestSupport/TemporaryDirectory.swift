import Glibc
import SystemIntegration

/// A directory of its own for one test, removed at the end with the files in it.
public final class TemporaryDirectory {
    /// Where it is.
    public let path: String

    /// Makes the directory.
    public init(in parent: String = "/tmp") throws {
        var template = Array("\(parent)/affectd-test-XXXXXX".utf8CString)
        // Sound: mkdtemp replaces the last six letters in place.
        let made = unsafe mkdtemp(&template) != nil
        guard made else {
            throw SystemIntegrationError.call(
                name: "mkdtemp",
                subject: parent,
                errorNumber: errno
            )
        }
        path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    deinit {
        for name in Directory.names(in: path) { Directory.removeFile("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }

    /// Writes a file in one step: whoever reads it sees the old content or the new one.
    ///
    /// - Returns: the path of the file.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        try writeFile(bytes, to: "\(path)/\(name)")
        return "\(path)/\(name)"
    }
}

/// Writes a file in one step.
func writeFile(_ bytes: [UInt8], to path: String) throws {
    let file = FileDescriptor(
        owning: try systemCall("open", path) {
            unsafe open("\(path).new", O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        }
    )
    var rest = bytes[...]
    while !rest.isEmpty {
        rest = rest.dropFirst(
            try systemCall("write", path) {
                unsafe rest.withUnsafeBytes {
                    unsafe write(file.rawValue, $0.baseAddress, $0.count)
                }
            }
        )
    }
    try systemCall("rename", path) { unsafe rename("\(path).new", path) }
}
