/// How the microphone is.
public enum CaptureState: String, CaseIterable, Sendable {
    /// Not tried yet.
    case starting
    /// Samples arrive.
    case running
    /// There is no such device, or several and none is chosen.
    case noDevice = "no-device"
    /// Somebody else uses the device.
    case busy
    /// The device is open and delivers nothing.
    case stalled
    /// Closed on purpose.
    case closed
}
