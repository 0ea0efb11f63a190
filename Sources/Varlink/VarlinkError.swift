import JSONText

/// An error as it goes over the wire: a name and what belongs to it.
public struct VarlinkError: Error, Equatable, Sendable {
    /// The full name, like `org.varlink.service.MethodNotFound`.
    public var name: String
    /// What belongs to it.
    public var parameters: JSONObject

    /// Makes an error.
    public init(name: String, parameters: JSONObject = JSONObject()) {
        self.name = name
        self.parameters = parameters
    }

    /// The service has no such interface.
    public static func interfaceNotFound(_ interface: String) -> VarlinkError {
        VarlinkError(
            name: "org.varlink.service.InterfaceNotFound",
            parameters: JSONObject([("interface", .string(interface))])
        )
    }

    /// The interface has no such method.
    public static func methodNotFound(_ method: String) -> VarlinkError {
        VarlinkError(
            name: "org.varlink.service.MethodNotFound",
            parameters: JSONObject([("method", .string(method))])
        )
    }

    /// A parameter is missing or has the wrong type.
    public static func invalidParameter(_ parameter: String) -> VarlinkError {
        VarlinkError(
            name: "org.varlink.service.InvalidParameter",
            parameters: JSONObject([("parameter", .string(parameter))])
        )
    }

    /// The method answers more than once and wants `more`.
    public static let expectedMore = VarlinkError(name: "org.varlink.service.ExpectedMore")
}

extension VarlinkError {
    /// The bytes of an error without a terminator.
    var bytes: [UInt8] {
        var object = JSONObject([("error", .string(name))])
        if !parameters.members.isEmpty { object["parameters"] = .object(parameters) }
        return object.bytes
    }
}
