/// A process that has a capture device of a sound card open.
public struct CaptureHolder: Equatable, Sendable, CustomStringConvertible {
    /// The identifier of the card.
    public let card: String
    /// The number of the process.
    public let processID: Int
    /// The name of the process, empty when it is not told.
    public let command: String

    /// Names one.
    ///
    /// - Parameters:
    ///   - card: the identifier of the card.
    ///   - processID: the number of the process.
    ///   - command: the name of the process, empty when it is not told.
    package init(card: String, processID: Int, command: String) {
        self.card = card
        self.processID = processID
        self.command = command
    }

    /// In words.
    public var description: String {
        "card \(card) by process \(processID)" + (command.isEmpty ? "" : " (\(command))")
    }

    /// All of them, as the kernel tells it; none where `/proc/asound` cannot be seen, as in the sandbox
    /// of the service.
    ///
    /// - Parameter proc: where the process file system is.
    public static func all(proc: String = "/proc") -> [CaptureHolder] {
        var holders: [CaptureHolder] = []
        let folder = "\(proc)/asound"
        for card in Directory.names(in: folder) where isNumbered(card, "card") {
            let identifier = line("\(folder)/\(card)/id") ?? card
            for device in Directory.names(in: "\(folder)/\(card)")
            where device.hasPrefix("pcm") && device.hasSuffix("c") {
                for stream in Directory.names(in: "\(folder)/\(card)/\(device)")
                where isNumbered(stream, "sub") {
                    guard
                        let processID = owner("\(folder)/\(card)/\(device)/\(stream)/status")
                    else { continue }
                    holders.append(
                        CaptureHolder(
                            card: identifier,
                            processID: processID,
                            command: line("\(proc)/\(processID)/comm") ?? ""
                        )
                    )
                }
            }
        }
        return holders
    }

    private static func isNumbered(_ name: String, _ prefix: String) -> Bool {
        name.hasPrefix(prefix) && name.dropFirst(prefix.count).allSatisfy(\.isNumber)
            && name.count > prefix.count
    }

    /// The process of the line `owner_pid   : 1234`.
    private static func owner(_ path: String) -> Int? {
        for line in text(path).split(separator: "\n") where line.hasPrefix("owner_pid") {
            return line.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) }
        }
        return nil
    }

    private static func line(_ path: String) -> String? {
        text(path).split(separator: "\n").first.map(String.init)
    }

    private static func text(_ path: String) -> String {
        guard let bytes = try? FileDescriptor.contents(ofFile: path, limit: 65_536) else {
            return ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
