/// What is wrong with the text of a document, and where.
public struct TOMLError: Error, Equatable {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// What was expected and what came.
    public let message: String
}
