/// What this machine says of itself.
public struct Board: Equatable, Sendable {
    /// Such as "Raspberry Pi Zero 2 W Rev 1.0", or the name of the processor where there is no board
    /// with a name.
    public let name: String
    /// The kind of processor, such as "Cortex-A53"; `nil` where the name says it.
    public let core: String?
    /// Processors that the system runs.
    public let coreCount: Int
    /// The release of the kernel.
    public let kernel: String
    /// What sets the clock of the processor, such as "ondemand, 1000 MHz at most"; `nil` where the
    /// kernel does not tell.
    public let clock: String?

    /// The instruction set that this program was built for.
    public static var architecture: String {
        #if arch(x86_64)
            "x86-64"
        #elseif arch(arm64)
            "64-bit ARM"
        #else
            "another architecture"
        #endif
    }

    /// Asks the kernel.
    public init() {
        let clockFolder = "/sys/devices/system/cpu/cpu0/cpufreq"
        self.init(
            deviceTreeModel: Self.text(of: "/proc/device-tree/model"),
            processors: Self.text(of: "/proc/cpuinfo") ?? "",
            kernel: Self.text(of: "/proc/sys/kernel/osrelease") ?? "unknown",
            governor: Self.text(of: "\(clockFolder)/scaling_governor"),
            highestKilohertz: Self.text(of: "\(clockFolder)/cpuinfo_max_freq")
        )
    }

    /// Reads what the kernel has said.
    ///
    /// - Parameter processors: the content of `/proc/cpuinfo`.
    public init(
        deviceTreeModel: String?,
        processors: String,
        kernel: String,
        governor: String?,
        highestKilohertz: String?
    ) {
        let fields = processors.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (Self.trimmed(parts[0]), Self.trimmed(parts[1])) : nil
        }
        func values(_ key: String) -> [String] {
            var distinct: [String] = []
            for (name, value) in fields where name == key && !distinct.contains(value) {
                distinct.append(value)
            }
            return distinct
        }
        let implementer = values("CPU implementer").first ?? "unknown"
        let cores = values("CPU part").map { Self.coreName(implementer: implementer, part: $0) }
        core = cores.isEmpty ? nil : cores.joined(separator: " and ")
        coreCount = fields.count { $0.0 == "processor" }
        name = deviceTreeModel ?? values("model name").first ?? "unknown board"
        self.kernel = kernel
        let megahertz = highestKilohertz.flatMap { Int($0) }.map { "\($0 / 1000) MHz at most" }
        let words = [governor, megahertz].compactMap { $0 }
        clock = words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// The name of a core of Arm's by its number in the main identification register.
    ///
    /// - Source: the technical reference manuals of the cores, MIDR_EL1.
    private static func coreName(implementer: String, part: String) -> String {
        guard implementer == "0x41" else { return "implementer \(implementer) part \(part)" }
        return switch part {
        case "0xd03": "Cortex-A53"
        case "0xd04": "Cortex-A35"
        case "0xd05": "Cortex-A55"
        case "0xd07": "Cortex-A57"
        case "0xd08": "Cortex-A72"
        case "0xd09": "Cortex-A73"
        case "0xd0a": "Cortex-A75"
        case "0xd0b": "Cortex-A76"
        default: "Arm part \(part)"
        }
    }

    /// The content of a file of the kernel, without what ends it.
    private static func text(of path: String) -> String? {
        guard let bytes = try? FileDescriptor.contents(ofFile: path, limit: 1 << 20) else {
            return nil
        }
        let text = trimmed(Substring(decoding: bytes.filter { $0 != 0 }, as: UTF8.self))
        return text.isEmpty ? nil : text
    }

    private static func trimmed(_ text: Substring) -> String {
        let body = text.drop { $0.isWhitespace }
        let end = body.lastIndex { !$0.isWhitespace }
        return end.map { String(body[...$0]) } ?? ""
    }
}
