/// The eight bytes by which minisign tells keys apart.
struct KeyNumber: Equatable, Sendable {
    static let count = 8

    let bytes: [UInt8]

    /// As minisign prints it: a little-endian number in upper-case hexadecimal.
    var text: String {
        let digits = Array("0123456789ABCDEF".utf8)
        let text = bytes.reversed().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
