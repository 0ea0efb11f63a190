import CALSA
import Glibc
import SystemIntegration

/// An open ALSA capture device; closed when the last reference goes.
@safe
final class PCMDevice {
    /// What one read brought.
    enum ReadResult: Equatable {
        /// This many frames, at least one.
        case frames(Int)
        /// Nothing yet.
        case wouldBlock
        /// The card's buffer ran over: frames are lost, the device runs again.
        case overrun
        /// The device is gone or broken, with the error number.
        case failed(Int32)
    }

    /// What was agreed.
    private(set) var parameters: CaptureParameters
    let handle: OpaquePointer
    private var bytes: [UInt8] = []

    /// Opens and negotiates; capture starts with `start()`.
    ///
    /// - Throws: `device` with the error number of ALSA, `noCommonParameters`.
    init(name: String) throws(AudioCaptureError) {
        let log = ALSAErrorLog.start()
        var opened: OpaquePointer?
        // Sound: ALSA stores the handle on success only.
        let result = unsafe snd_pcm_open(
            &opened,
            name,
            SND_PCM_STREAM_CAPTURE,
            SND_PCM_NONBLOCK
        )
        guard result == 0, let opened = unsafe opened else {
            throw .device(
                name: name,
                call: "open",
                errorNumber: -result,
                detail: log.message
            )
        }
        do throws(AudioCaptureError) {
            parameters = try unsafe negotiate(opened, name: name)
        } catch {
            _ = unsafe snd_pcm_close(opened)
            throw error
        }
        unsafe handle = opened
        bytes = [UInt8](
            repeating: 0,
            count: framesPerRead * parameters.format.channelCount * parameters.encoding.byteCount
        )
    }

    deinit {
        _ = unsafe snd_pcm_close(handle)
    }

    /// Frames of one read at most: 250 ms, a little more than the longest wake interval.
    var framesPerRead: Int { parameters.format.sampleRate / 4 }

    /// Starts capture.
    ///
    /// - Throws: `device` with the error number of ALSA.
    func start() throws(AudioCaptureError) {
        try check("start", unsafe snd_pcm_start(handle))
    }

    /// Reports input only when this much audio waits.
    ///
    /// - Throws: `device` with the error number of ALSA.
    func setWakeInterval(milliseconds: Int) throws(AudioCaptureError) {
        var software: OpaquePointer?
        try check("memory", unsafe snd_pcm_sw_params_malloc(&software))
        defer { unsafe snd_pcm_sw_params_free(software) }
        try check("software parameters", unsafe snd_pcm_sw_params_current(handle, software))
        let frames = parameters.format.sampleRate * milliseconds / 1000
        // Half the buffer at most, or a card with a small one would overrun while we sleep.
        let limit = max(parameters.periodFrames, parameters.bufferFrames / 2)
        let available = snd_pcm_uframes_t(min(frames, limit))
        try check(
            "avail_min",
            unsafe snd_pcm_sw_params_set_avail_min(handle, software, available)
        )
        try check("software parameters", unsafe snd_pcm_sw_params(handle, software))
    }

    /// Reads what is there, at most `framesPerRead`, converted to Int16 and interleaved.
    func read(into samples: inout MutableSpan<Int16>) -> ReadResult {
        let frameByteCount = parameters.format.channelCount * parameters.encoding.byteCount
        // Asking for more than there is would make ALSA look again for each frame that trickles in.
        let available = min(unsafe snd_pcm_avail_update(handle), framesPerRead)
        guard available > 0 else { return interpret(available) }
        // Sound: the buffer holds `framesPerRead` frames.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe snd_pcm_readi(handle, buffer.baseAddress, snd_pcm_uframes_t(available))
        }
        if count > 0 {
            // A local reference, because a span of a class's property may not leave the access.
            let stored = bytes
            parameters.encoding.decode(
                stored.span.extracting(0..<(count * frameByteCount)),
                into: &samples
            )
            return .frames(count)
        }
        return interpret(count)
    }

    /// What ALSA's answer means when it brought no frames.
    private func interpret(_ result: snd_pcm_sframes_t) -> ReadResult {
        switch Int32(truncatingIfNeeded: -result) {
        case 0, EAGAIN, EINTR: .wouldBlock
        case EPIPE, ESTRPIPE: restart()
        case let errorNumber: .failed(errorNumber)
        }
    }

    /// Runs again after an overrun or a suspend.
    private func restart() -> ReadResult {
        var result = unsafe snd_pcm_prepare(handle)
        if result == 0 { result = unsafe snd_pcm_start(handle) }
        return result == 0 ? .overrun : .failed(-result)
    }

    private func check(_ call: String, _ result: Int32) throws(AudioCaptureError) {
        guard result >= 0 else {
            throw .device(
                name: parameters.device,
                call: call,
                errorNumber: -result,
                detail: ""
            )
        }
    }
}

extension PCMDevice {
    /// The descriptors to wait for and what to wait for.
    func pollDescriptors() -> [pollfd] {
        let count = max(0, unsafe snd_pcm_poll_descriptors_count(handle))
        var descriptors = [pollfd](repeating: pollfd(), count: Int(count))
        // Sound: ALSA fills at most `count` structures.
        let filled = unsafe snd_pcm_poll_descriptors(handle, &descriptors, UInt32(count))
        return Array(descriptors.prefix(Int(max(0, filled))))
    }

    /// What the events on its descriptors mean for the device.
    func readiness(_ descriptors: inout [pollfd]) -> Readiness {
        var events: UInt16 = 0
        // Sound: ALSA reads the structures that it handed out.
        let result = unsafe snd_pcm_poll_descriptors_revents(
            handle,
            &descriptors,
            UInt32(descriptors.count),
            &events
        )
        return result == 0 ? Readiness(rawValue: UInt32(events)) : .failed
    }
}
