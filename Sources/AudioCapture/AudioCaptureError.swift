import SystemIntegration

/// What can be wrong with a source of samples.
public enum AudioCaptureError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case unreadable(SystemIntegrationError)
    /// The file is no WAV file; `found` describes its first bytes.
    case notWAV(found: String)
    /// The file ends before its samples begin; `missing` names what should have come.
    case incompleteHeader(missing: String)
    /// The file is a WAV file with contents that are not supported.
    case unsupported(what: String, expected: String, found: String)
    /// A call of libasound failed.
    case device(name: String, call: String, errorNumber: Int32, detail: String)
    /// The device offers no parameters that fit.
    case noCommonParameters(device: String, offered: String)
    /// The device has no descriptor that says when samples are there.
    case cannotWait(device: String, SystemIntegrationError)
    /// There is no device to open; the reason says what to do.
    case noDevice(reason: String)

    /// The error in words: what was expected, what came, what to do.
    public var description: String {
        switch self {
        case .unreadable(let error): return error.description
        case .notWAV(let found):
            return "expected RIFF/WAVE, found \(found); convert the file to WAV,"
                + " or give raw S16_LE 16 kHz mono on standard input"
        case .incompleteHeader(let missing):
            return "the WAV file ends before \(missing)"
        case .unsupported(let what, let expected, let found):
            return "WAV \(what): expected \(expected), found \(found)"
        case .device(let name, let call, let errorNumber, let detail):
            let reason = SystemIntegrationError.describe(errorNumber)
            return "\(name): \(call): \(reason)" + (detail.isEmpty ? "" : " (\(detail))")
        case .noCommonParameters(let device, let offered):
            return "\(device): expected 8 to 192 kHz, 1 to 8 channels and one of S16_LE, S24_LE,"
                + " S24_3LE, S32_LE, FLOAT_LE; the device offers \(offered)"
        case .cannotWait(let device, .call(_, _, let errorNumber)):
            let reason = SystemIntegrationError.describe(errorNumber)
            return "\(device): this device cannot be waited for (\(reason));"
                + " choose a card with --device (arecord -L lists names)"
        case .cannotWait(let device, let error): return "\(device): \(error)"
        case .noDevice(let reason): return reason
        }
    }
}
