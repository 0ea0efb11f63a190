import JSONText
import SystemIntegration

/// What can go wrong when talking to a service.
public enum VarlinkClientError: Error, Equatable {
    /// The connection cannot be made or broke.
    case system(SystemIntegrationError)
    /// The service closed the connection before it answered.
    case closed
    /// The service did not answer in time.
    case timeout
    /// What came is no varlink answer.
    case malformed(JSONError)
    /// The answer is larger than the limit.
    case tooLarge
    /// The service answered with an error.
    case service(VarlinkError)
}
