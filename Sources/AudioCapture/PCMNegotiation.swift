import CALSA
import Glibc

/// The encodings that are taken, the cheapest first.
private let encodings: [SampleEncoding] = [
    .signed16, .signed32, .signed24, .signed24In32, .float32,
]

/// The rates that are taken, the cheapest to resample to 16 kHz first.
private let rates: [UInt32] = [
    16_000, 48_000, 32_000, 44_100, 96_000, 24_000, 22_050, 88_200, 192_000, 176_400, 64_000,
    12_000, 11_025, 8_000,
]

extension SampleEncoding {
    /// The format's number in ALSA.
    var alsaFormat: snd_pcm_format_t {
        switch self {
        case .unsigned8: SND_PCM_FORMAT_U8
        case .signed16: SND_PCM_FORMAT_S16_LE
        case .signed24: SND_PCM_FORMAT_S24_3LE
        case .signed24In32: SND_PCM_FORMAT_S24_LE
        case .signed32: SND_PCM_FORMAT_S32_LE
        case .float32: SND_PCM_FORMAT_FLOAT_LE
        }
    }

    /// The format's name in ALSA, such as "S16_LE".
    public var alsaName: String {
        switch self {
        case .unsigned8: "U8"
        case .signed16: "S16_LE"
        case .signed24: "S24_3LE"
        case .signed24In32: "S24_LE"
        case .signed32: "S32_LE"
        case .float32: "FLOAT_LE"
        }
    }
}

/// Agrees with an open device on what it can do natively: nothing is resampled on the way.
///
/// - Throws: `device` when a call fails, `noCommonParameters` when nothing fits.
func negotiate(
    _ pcm: OpaquePointer,
    name: String
) throws(AudioCaptureError) -> CaptureParameters {
    var allocated: OpaquePointer?
    try check(name, "memory", unsafe snd_pcm_hw_params_malloc(&allocated))
    defer { unsafe snd_pcm_hw_params_free(allocated) }
    // Sound, for all calls below: both structures are valid until the end of this function.
    try check(name, "parameters", unsafe snd_pcm_hw_params_any(pcm, allocated))
    try check(name, "native rate", unsafe snd_pcm_hw_params_set_rate_resample(pcm, allocated, 0))
    try check(
        name,
        "interleaved access",
        unsafe snd_pcm_hw_params_set_access(pcm, allocated, SND_PCM_ACCESS_RW_INTERLEAVED)
    )
    let offered = unsafe describeOffer(pcm, allocated)
    let misfit = AudioCaptureError.noCommonParameters(device: name, offered: offered)

    let encoding = encodings.first {
        unsafe snd_pcm_hw_params_test_format(pcm, allocated, $0.alsaFormat) == 0
    }
    guard let encoding,
        unsafe snd_pcm_hw_params_set_format(pcm, allocated, encoding.alsaFormat) == 0
    else { throw misfit }
    var channelCount: UInt32 = 1
    guard unsafe snd_pcm_hw_params_set_channels_near(pcm, allocated, &channelCount) == 0,
        StreamFormat.channelCounts.contains(Int(channelCount))
    else { throw misfit }
    var rate =
        rates.first { unsafe snd_pcm_hw_params_test_rate(pcm, allocated, $0, 0) == 0 } ?? 16_000
    guard unsafe snd_pcm_hw_params_set_rate_near(pcm, allocated, &rate, nil) == 0,
        StreamFormat.sampleRates.contains(Int(rate))
    else { throw misfit }
    // Two seconds bridge one inference on the slowest board; 50 ms is the shortest wake interval.
    var bufferMicroseconds: UInt32 = 2_000_000
    var periodMicroseconds: UInt32 = 50_000
    try check(
        name,
        "buffer",
        unsafe snd_pcm_hw_params_set_buffer_time_near(pcm, allocated, &bufferMicroseconds, nil)
    )
    try check(
        name,
        "period",
        unsafe snd_pcm_hw_params_set_period_time_near(pcm, allocated, &periodMicroseconds, nil)
    )
    try check(name, "hardware parameters", unsafe snd_pcm_hw_params(pcm, allocated))

    var periodFrames: snd_pcm_uframes_t = 0
    var bufferFrames: snd_pcm_uframes_t = 0
    try check(name, "buffer", unsafe snd_pcm_get_params(pcm, &bufferFrames, &periodFrames))
    return CaptureParameters(
        device: name,
        format: StreamFormat(sampleRate: Int(rate), channelCount: Int(channelCount)),
        encoding: encoding,
        periodFrames: Int(periodFrames),
        bufferFrames: Int(bufferFrames)
    )
}

/// What a device can do, in words.
private func describeOffer(_ pcm: OpaquePointer, _ hardware: OpaquePointer?) -> String {
    var lowRate: UInt32 = 0
    var highRate: UInt32 = 0
    var fewChannels: UInt32 = 0
    var manyChannels: UInt32 = 0
    // Sound: ALSA writes the four integers; on failure they keep their zeros.
    _ = unsafe snd_pcm_hw_params_get_rate_min(hardware, &lowRate, nil)
    _ = unsafe snd_pcm_hw_params_get_rate_max(hardware, &highRate, nil)
    _ = unsafe snd_pcm_hw_params_get_channels_min(hardware, &fewChannels)
    _ = unsafe snd_pcm_hw_params_get_channels_max(hardware, &manyChannels)
    var formats: [String] = []
    for value in 0...SND_PCM_FORMAT_LAST.rawValue {
        let format = snd_pcm_format_t(value)
        guard unsafe snd_pcm_hw_params_test_format(pcm, hardware, format) == 0,
            let formatName = unsafe snd_pcm_format_name(format)
        else { continue }
        unsafe formats.append(String(cString: formatName))
    }
    return "\(lowRate) to \(highRate) Hz, \(fewChannels) to \(manyChannels) channels, "
        + formats.joined(separator: " ")
}

private func check(
    _ name: String,
    _ call: String,
    _ result: Int32
) throws(AudioCaptureError) {
    guard result >= 0 else {
        throw .device(name: name, call: call, errorNumber: -result, detail: "")
    }
}
