import Glibc

/// The terminal that standard output goes to.
public enum Terminal {
    /// Whether standard output is a terminal.
    public static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Its size; 80 by 24 when it does not tell.
    public static var size: (columns: Int, rows: Int) {
        var size = winsize()
        // Sound: the kernel fills the structure.
        let result = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        guard result == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
