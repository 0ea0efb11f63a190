import Glibc

/// The environment of the process.
public enum Environment {
    /// The value of a variable, `nil` when it is not set or empty.
    public static subscript(name: String) -> String? {
        // Sound: nobody changes the environment while the string is copied; one thread alone asks.
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Leaves the memory of the process out of core dumps: whatever takes one gets ELF headers alone.
    public static func keepMemoryOutOfDumps() {
        guard
            let filter = try? FileDescriptor(
                owning: systemCall("open") {
                    unsafe open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
                }
            )
        else { return }
        try? FileDescriptor.writeAll("0x10", to: filter.rawValue)
    }

    /// Lets a closed pipe fail the write instead of ending the process.
    public static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
