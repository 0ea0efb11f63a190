/// How the configuration names a microphone.
package enum DeviceName: Equatable, Sendable {
    /// A card by its identifier: `card:ID`.
    case card(String)
    /// A USB device by vendor and product, perhaps by its serial number: `usb:VID:PID[:SERIAL]`.
    case usb(vendor: String, product: String, serial: String?)
    /// An ALSA name.
    case alsa(String)

    /// Reads a name; what is neither `card:…` nor `usb:…` is taken verbatim.
    package init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            .map(String.init)
        switch (parts[0], parts.count) {
        case ("card", 2):
            self = .card(parts[1])
        case ("usb", 3), ("usb", 4):
            self = .usb(
                vendor: parts[1].lowercased(),
                product: parts[2].lowercased(),
                serial: parts.count == 4 ? parts[3] : nil
            )
        default:
            self = .alsa(text)
        }
    }

    /// The name to give to ALSA.
    ///
    /// - Parameter devices: the capture devices there are, asked for only when needed.
    /// - Throws: `noDevice` when none fits, with those there are.
    package func resolved(
        among devices: () -> [CaptureDevice]
    ) throws(AudioCaptureError) -> String {
        if case .alsa(let name) = self { return name }
        let all = devices()
        if let found = all.first(where: matches) { return found.name }
        let names = all.map { "card:\($0.card)" }
        throw .noDevice(
            reason: "no microphone fits \(self); "
                + (names.isEmpty
                    ? "none is connected" : "there is " + names.joined(separator: ", "))
        )
    }

    private func matches(_ device: CaptureDevice) -> Bool {
        switch self {
        case .card(let identifier): device.card == identifier
        case .usb(let vendor, let product, let serial):
            device.usb?.vendor == vendor && device.usb?.product == product
                && (serial == nil || device.usb?.serial == serial)
        case .alsa(let name): device.name == name
        }
    }
}

extension DeviceName: CustomStringConvertible {
    /// The name as the configuration has it.
    package var description: String {
        switch self {
        case .card(let identifier): "card:\(identifier)"
        case .usb(let vendor, let product, let serial):
            "usb:\(vendor):\(product)" + (serial.map { ":\($0)" } ?? "")
        case .alsa(let name): name
        }
    }
}
