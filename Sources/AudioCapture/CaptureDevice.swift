import CALSA

/// A capture device of a sound card.
public struct CaptureDevice: Equatable, Sendable {
    /// What to give to ALSA and to `--device`; names the card by its identifier, because numbers move.
    public let name: String
    /// The identifier of its card.
    public let card: String
    /// The card in words.
    public let description: String
    /// What its USB device says it is, `nil` when it is on no USB.
    public let usb: USBIdentity?

    package init(card: String, number: Int, description: String, usb: USBIdentity? = nil) {
        name = "hw:CARD=\(card),DEV=\(number)"
        self.card = card
        self.description = description
        self.usb = usb
    }

    /// What to write into the configuration: a USB device with a serial number is known by that in any
    /// port, another one by its card.
    public var configurationName: String {
        if let usb, !usb.serial.isEmpty { return "usb:\(usb.description)" }
        return "card:\(card)"
    }

    /// All capture devices of all cards, in the order of the kernel.
    public static func all() -> [CaptureDevice] {
        var devices: [CaptureDevice] = []
        var card: Int32 = -1
        // Sound: ALSA writes the number of the next card, −1 behind the last one.
        while unsafe snd_card_next(&card) == 0, card >= 0 {
            devices += onCard(card)
        }
        return devices
    }

    /// The first capture device of the only card that has one.
    ///
    /// - Throws: `noDevice` when there is none, or when several cards have one: then the reason lists
    ///   them as options to paste.
    public static func only() throws(AudioCaptureError) -> CaptureDevice {
        try only(of: all())
    }

    package static func only(of devices: [CaptureDevice]) throws(AudioCaptureError) -> CaptureDevice
    {
        guard let first = devices.first else {
            throw .noDevice(reason: "no microphone is connected")
        }
        guard devices.allSatisfy({ $0.card == first.card }) else {
            let lines = devices.map { "device = \"\($0.configurationName)\"" }
            throw .noDevice(
                reason: "several microphones and none is chosen; put one of these lines below"
                    + " [microphone] in /etc/affectd/affectd.toml: "
                    + lines.joined(separator: " | ")
            )
        }
        return first
    }

    private static func onCard(_ card: Int32) -> [CaptureDevice] {
        var control: OpaquePointer?
        var cardInformation: OpaquePointer?
        var information: OpaquePointer?
        // Sound: each structure is allocated by ALSA and freed below; `control` is closed.
        guard unsafe snd_ctl_open(&control, "hw:\(card)", 0) == 0 else { return [] }
        defer { _ = unsafe snd_ctl_close(control) }
        guard unsafe snd_ctl_card_info_malloc(&cardInformation) == 0,
            unsafe snd_pcm_info_malloc(&information) == 0
        else { return [] }
        defer {
            unsafe snd_ctl_card_info_free(cardInformation)
            unsafe snd_pcm_info_free(information)
        }
        guard unsafe snd_ctl_card_info(control, cardInformation) == 0,
            let identifier = unsafe snd_ctl_card_info_get_id(cardInformation),
            let cardName = unsafe snd_ctl_card_info_get_name(cardInformation)
        else { return [] }
        var devices: [CaptureDevice] = []
        var device: Int32 = -1
        while unsafe snd_ctl_pcm_next_device(control, &device) == 0, device >= 0 {
            unsafe snd_pcm_info_set_device(information, UInt32(device))
            unsafe snd_pcm_info_set_subdevice(information, 0)
            unsafe snd_pcm_info_set_stream(information, SND_PCM_STREAM_CAPTURE)
            guard unsafe snd_ctl_pcm_info(control, information) == 0 else { continue }
            unsafe devices.append(
                CaptureDevice(
                    card: String(cString: identifier),
                    number: Int(device),
                    description: String(cString: cardName),
                    usb: USBIdentity(card: card)
                )
            )
        }
        return devices
    }
}
