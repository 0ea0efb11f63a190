/// The version of everything that is built here: commands, library and tools.
public enum ProductVersion {
    /// Major, minor and patch, as in the change log; NUL-terminated for the C library.
    public static let staticText: StaticString = "0.1.0"

    /// Major, minor and patch, as in the change log.
    public static var text: String { "\(staticText)" }
}
