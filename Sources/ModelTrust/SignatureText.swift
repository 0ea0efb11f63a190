import CSodium

/// Reading and writing the lines of minisign's files.
enum SignatureText {
    static let untrustedPrefix = "untrusted comment: "
    static let trustedPrefix = "trusted comment: "

    /// Lines without their ends; empty lines at the end are dropped.
    static func lines(_ text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map(String.init)
    }

    /// The bytes of a base64 line; nil unless there are exactly so many.
    static func decode(_ line: String, count: Int) -> [UInt8]? {
        let text = Array(line.utf8)
        // One byte more than wanted, so that longer lines are noticed.
        var bytes = [UInt8](repeating: 0, count: count + 1)
        var length = 0
        let status = unsafe text.withUnsafeBytes { buffer in
            // Sound: sodium writes at most `bytes.count` bytes and reads `buffer.count`.
            unsafe sodium_base642bin(
                &bytes,
                bytes.count,
                buffer.bindMemory(to: CChar.self).baseAddress,
                buffer.count,
                nil,
                &length,
                nil,
                sodium_base64_VARIANT_ORIGINAL
            )
        }
        return status == 0 && length == count ? Array(bytes[..<count]) : nil
    }

    static func encode(_ bytes: [UInt8]) -> String {
        let variant = sodium_base64_VARIANT_ORIGINAL
        var text = [CChar](
            repeating: 0,
            count: sodium_base64_encoded_len(bytes.count, variant)
        )
        // Sound: `text` has the length that sodium asks for, with the NUL at its end.
        _ = unsafe sodium_bin2base64(&text, text.count, bytes, bytes.count, variant)
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// BLAKE2b of so many bytes.
    static func hash(_ message: [UInt8], count: Int) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: count)
        // Sound: writes `count` bytes; reads `message.count` bytes and no key.
        let status = unsafe crypto_generichash(
            &hash,
            count,
            message,
            UInt64(message.count),
            nil,
            0
        )
        precondition(status == 0, "BLAKE2b of 16 to 64 bytes always succeeds")
        return hash
    }
}
