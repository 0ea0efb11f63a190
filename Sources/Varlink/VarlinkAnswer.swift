import JSONText

/// What a service answers to a call.
public enum VarlinkAnswer: Equatable {
    /// One reply.
    case reply(JSONObject)
    /// An error.
    case failure(VarlinkError)
    /// This reply now, and from here on everything that is published.
    case subscription(first: JSONObject)
    /// What is promised, as soon as it is there.
    case later(VarlinkPromise)
}
