import Glibc

/// The environment of the process.
public enum Environment {
    /// The value of a variable, `nil` when it is not set or empty.
    public static subscript(name: String) -> String? {
        // Sound: nobody changes the environment while the string is copied; there is one thread.
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Lets a closed pipe fail the write instead of ending the process.
    public static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
