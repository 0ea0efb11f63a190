/// One key of a document with what it stands for.
public struct TOMLEntry: Equatable, Sendable {
    /// The keys on the way, joined by points; a key that is not bare stands in quotes.
    public let path: String
    /// What it stands for.
    public let value: TOMLValue
    /// Where the value stands, from 1.
    public let line: Int
    /// The column of the value, from 1.
    public let column: Int
}
