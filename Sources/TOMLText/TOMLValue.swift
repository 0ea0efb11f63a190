/// What a key of a TOML document stands for.
public enum TOMLValue: Equatable, Sendable {
    /// A string.
    case string(String)
    /// A whole number.
    case integer(Int)
    /// True or false.
    case boolean(Bool)
    /// A table; its keys are entries of their own.
    case table
    /// A number with a fraction; nothing here takes one.
    case real
    /// A list; nothing here takes one.
    case array
    /// A date or a time; nothing here takes one.
    case date

    /// The value in words.
    public var description: String {
        switch self {
        case .string(let text): "\"\(text)\""
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .table: "a table"
        case .real: "a number with a fraction"
        case .array: "a list"
        case .date: "a date"
        }
    }
}
