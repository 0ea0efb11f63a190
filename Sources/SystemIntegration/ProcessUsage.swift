/// What this process holds.
public enum ProcessUsage {
    /// Memory that is in RAM, in kilobytes; 0 when the kernel does not tell.
    public static var residentKilobytes: Int {
        kilobytes(of: "VmRSS:", in: "/proc/self/status")
    }

    /// The same where what is shared with other processes counts by its share.
    public static var proportionalKilobytes: Int {
        kilobytes(of: "Pss:", in: "/proc/self/smaps_rollup")
    }

    private static func kilobytes(of field: String, in path: String) -> Int {
        guard let bytes = try? FileDescriptor.contents(ofFile: path, limit: 65_536) else {
            return 0
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let line = lines.first { $0.hasPrefix(field) } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }

    /// File descriptors that are open.
    public static var openDescriptors: Int {
        // Without the one that reads the folder.
        max(0, Directory.names(in: "/proc/self/fd").count - 1)
    }
}
