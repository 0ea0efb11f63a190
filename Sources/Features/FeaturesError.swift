/// Why a front end or a resampler cannot be prepared.
public enum FeaturesError: Error, Equatable {
    /// An option is outside of what the front end can run.
    case optionOutOfRange(option: String, expected: String, found: String)
    /// A table has the wrong number of elements.
    case wrongTableLength(table: String, expected: Int, found: Int)
    /// A table holds a value that could leave the range of the arithmetic.
    case tableValueOutOfRange(table: String, index: Int, expected: String, found: Int)
    /// A sampling rate is not supported.
    case unsupportedRate(hertz: Int)
    /// A number of channels is not supported.
    case unsupportedChannelCount(Int)
}

extension FeaturesError: CustomStringConvertible {
    /// The error in words.
    public var description: String {
        switch self {
        case .optionOutOfRange(let option, let expected, let found):
            "front-end option \(option): expected \(expected), found \(found)"
        case .wrongTableLength(let table, let expected, let found):
            "front-end table \(table): expected \(expected) elements, found \(found);"
                + " make the tables from the same options"
        case .tableValueOutOfRange(let table, let index, let expected, let found):
            "front-end table \(table), element \(index): expected \(expected), found \(found)"
        case .unsupportedRate(let hertz):
            "sampling rate \(hertz) Hz is not supported; use 8000 to 192000"
        case .unsupportedChannelCount(let count):
            "\(count) channels are not supported; use 1 to 32"
        }
    }
}
