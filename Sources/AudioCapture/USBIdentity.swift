import SystemIntegration

/// What a USB device says it is.
public struct USBIdentity: Equatable, Sendable {
    /// Vendor, four hexadecimal digits in lower case.
    public let vendor: String
    /// Product, four hexadecimal digits in lower case.
    public let product: String
    /// Serial number; empty when the device has none.
    public let serial: String

    package init(vendor: String, product: String, serial: String) {
        self.vendor = vendor
        self.product = product
        self.serial = serial
    }

    /// `VID:PID`, and `:SERIAL` when there is one.
    public var description: String {
        "\(vendor):\(product)" + (serial.isEmpty ? "" : ":\(serial)")
    }

    /// Reads the identity behind a sound card, `nil` when it is on no USB.
    init?(card: Int32, sys: String = "/sys") {
        // The card's device is an interface of the USB device above it.
        let folder = "\(sys)/class/sound/card\(card)/device/.."
        guard let vendor = Self.line("\(folder)/idVendor"),
            let product = Self.line("\(folder)/idProduct")
        else { return nil }
        self.vendor = vendor
        self.product = product
        serial = Self.line("\(folder)/serial") ?? ""
    }

    private static func line(_ path: String) -> String? {
        guard let bytes = try? FileDescriptor.contents(ofFile: path, limit: 4096) else {
            return nil
        }
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
