/// The version of affectd and affectctl.
public enum ProductVersion {
    /// Major, minor and patch, as in the change log.
    public static let text = "0.1.0"
}
