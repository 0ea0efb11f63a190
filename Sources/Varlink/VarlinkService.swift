import JSONText

/// What a varlink server serves.
///
/// The server itself answers for `org.varlink.service`.
public protocol VarlinkService: AnyObject {
    /// Who the service is.
    var information: VarlinkInformation { get }
    /// The interfaces it serves, with their descriptions.
    var interfaces: [VarlinkInterface] { get }
    /// Answers one call of one of the interfaces.
    func answer(_ call: VarlinkCall) -> VarlinkAnswer
}

/// What a service answers to a call.
public enum VarlinkAnswer: Equatable, Sendable {
    /// One reply.
    case reply(JSONObject)
    /// An error.
    case failure(VarlinkError)
    /// This reply now, and from here on everything that is published.
    case subscription(first: JSONObject)
}

/// Who a service is, for `org.varlink.service.GetInfo`.
public struct VarlinkInformation: Equatable, Sendable {
    /// Who makes it.
    public var vendor: String
    /// What it is called.
    public var product: String
    /// Its version.
    public var version: String
    /// Where to read about it.
    public var url: String

    /// Makes the information.
    public init(vendor: String, product: String, version: String, url: String) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
    }
}

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
