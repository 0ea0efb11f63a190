import JSONText

/// The interface that every varlink service has.
enum IntrospectionInterface {
    static let name = "org.varlink.service"

    static let description = """
        # The Varlink Service Interface is provided by every varlink service. It
        # describes the service and the interfaces it implements.
        interface org.varlink.service

        # Get a list of all the interfaces a service provides and information
        # about the implementation.
        method GetInfo() -> (
          vendor: string,
          product: string,
          version: string,
          url: string,
          interfaces: []string
        )

        # Get the description of an interface that is implemented by this service.
        method GetInterfaceDescription(interface: string) -> (description: string)

        # The requested interface was not found.
        error InterfaceNotFound (interface: string)

        # The requested method was not found
        error MethodNotFound (method: string)

        # The interface defines the requested method, but the service does not
        # implement it.
        error MethodNotImplemented (method: string)

        # One of the passed parameters is invalid.
        error InvalidParameter (parameter: string)

        # Client is denied access
        error PermissionDenied ()

        # Method is expected to be called with 'more' set to true, but wasn't
        error ExpectedMore ()

        """

    /// Answers a call on behalf of a service.
    static func answer(_ call: VarlinkCall, for service: any VarlinkService) -> VarlinkAnswer {
        let interfaces =
            [VarlinkInterface(name: name, description: description)] + service.interfaces
        switch call.method {
        case "\(name).GetInfo":
            let information = service.information
            return .reply(
                JSONObject([
                    ("vendor", .string(information.vendor)),
                    ("product", .string(information.product)),
                    ("version", .string(information.version)), ("url", .string(information.url)),
                    ("interfaces", .array(interfaces.map { .string($0.name) })),
                ])
            )
        case "\(name).GetInterfaceDescription":
            guard case .string(let wanted)? = call.parameters["interface"] else {
                return .failure(.invalidParameter("interface"))
            }
            guard let interface = interfaces.first(where: { $0.name == wanted }) else {
                return .failure(.interfaceNotFound(wanted))
            }
            return .reply(JSONObject([("description", .string(interface.description))]))
        default:
            return .failure(.methodNotFound(call.method))
        }
    }
}
