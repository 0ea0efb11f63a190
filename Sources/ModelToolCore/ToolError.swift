import SystemIntegration

/// Why a command ends without having done its work.
package enum ToolError: Error, Equatable {
    /// Something failed that is neither the input's nor the model's fault.
    case failure(String)
    /// The arguments do not fit together.
    case usage(String)
    /// An input file cannot be read or says something impossible.
    case input(path: String, line: Int?, reason: String)
    /// The model file breaks the format, or does not fit what is asked of it.
    case model(path: String, reason: String)

    /// An input file that the operating system does not give.
    static func unreadable(_ path: String, _ error: SystemIntegrationError) -> ToolError {
        // The path stands in the message already; the reason alone is missing.
        if case .call(_, _, let errorNumber) = error {
            let reason = SystemIntegrationError.describe(errorNumber)
            return .input(path: path, line: nil, reason: reason)
        }
        return .input(path: path, line: nil, reason: "\(error)")
    }

    /// The documented exit code.
    package var exitCode: Int32 {
        switch self {
        case .failure: 1
        case .usage: 2
        case .input: 3
        case .model: 4
        }
    }
}

extension ToolError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .failure(let reason), .usage(let reason): reason
        case .input(let path, let line?, let reason): "\(path):\(line): \(reason)"
        case .input(let path, nil, let reason): "\(path): \(reason)"
        case .model(let path, let reason): "\(path): model rejected: \(reason)"
        }
    }
}
