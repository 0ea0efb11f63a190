/// An interface with its description in the varlink language.
public struct VarlinkInterface: Equatable, Sendable {
    /// The name in reverse-domain notation.
    public var name: String
    /// The description.
    public var description: String

    /// Makes an interface.
    public init(name: String, description: String) {
        self.name = name
        self.description = description
    }
}
