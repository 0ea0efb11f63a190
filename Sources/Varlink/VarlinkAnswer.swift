import JSONText

/// What a service answers to a call.
public enum VarlinkAnswer: Equatable, Sendable {
    /// One reply.
    case reply(JSONObject)
    /// An error.
    case failure(VarlinkError)
    /// This reply now, and from here on everything that is published.
    case subscription(first: JSONObject)
}
