import ArgumentParser
import EventProtocol
import JSONText

/// `affectctl devices`: which microphones there are, with the lines to paste.
package struct DevicesCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "List the microphones, with the line to paste into the configuration."
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            let reply = try DaemonConnection(socket: options.socketPath).call(.listDevices)
            try options.json ? Output.write(reply) : Output.write(Self.text(reply))
        }
    }

    /// The microphones for people.
    package static func text(_ reply: JSONObject) throws(ControlError) -> String {
        do throws(JSONError) {
            let devices = try JSONCursor(.object(reply)).member("devices").elements(count: 0...256)
            guard !devices.isEmpty else {
                return "no microphone is connected\n"
            }
            var text = "# below [microphone] in /etc/affectd/affectd.toml, one of:\n"
            for device in devices {
                let line = "device = \"\(try device.member("name").string())\""
                let padding = String(repeating: " ", count: max(2, 40 - line.count))
                text += line + padding + "# \(try device.member("description").string())"
                text += ", \(try device.member("alsa").string())"
                if let usb = try device.optionalMember("usb") {
                    text += ", usb:\(try usb.string())"
                }
                text += "\n"
            }
            return text
        } catch {
            throw ControlError(error, method: .listDevices)
        }
    }
}
