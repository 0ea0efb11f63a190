/// Which microphone, and when it counts as stalled.
public struct MicrophoneOptions: Equatable, Sendable {
    /// `card:ID`, `usb:VID:PID[:SERIAL]`, or an ALSA name, taken verbatim; `nil` for the only capture
    /// card there is.
    public var name: String?
    /// After how long without a frame the device is opened again; noticed after twice that time at the
    /// latest.
    public var stallMicroseconds: UInt64 = 5_000_000
    /// After how long with nothing but zeros the device is opened again; 0 never does.
    public var zerosMicroseconds: UInt64 = 0

    /// Makes options.
    public init(name: String?) {
        self.name = name
    }
}
