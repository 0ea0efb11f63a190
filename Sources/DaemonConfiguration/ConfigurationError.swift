import SystemIntegration

/// What is wrong with the configuration, with the place and the nearest right thing.
package enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read.
    case unreadable(SystemIntegrationError)
    /// The file is no TOML.
    case syntax(place: String, message: String)
    /// There is no such key.
    case unknownKey(place: String, key: String, nearest: String?)
    /// The key cannot have this value.
    case badValue(place: String, key: String, expected: String, found: String, nearest: String?)

    /// The error in words: the place, what was expected, what came.
    package var description: String {
        switch self {
        case .unreadable(let error): return "configuration: \(error)"
        case .syntax(let place, let message): return "\(place): \(message)"
        case .unknownKey(let place, let key, let nearest):
            return "\(place): unknown key \(key)" + Self.suggestion(nearest)
        case .badValue(let place, let key, let expected, let found, let nearest):
            return "\(place): \(key): expected \(expected), found \(found)"
                + Self.suggestion(nearest.map { "\"\($0)\"" })
        }
    }

    private static func suggestion(_ nearest: String?) -> String {
        nearest.map { "; did you mean \($0)?" } ?? ""
    }
}
