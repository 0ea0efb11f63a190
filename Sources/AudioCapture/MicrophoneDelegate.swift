/// Who a microphone delivers to.
///
/// Calls come from the event loop, one after the other.
public protocol MicrophoneDelegate: AnyObject {
    /// The state is new. Samples come only in `running`, and in its format.
    func microphoneChanged(to state: MicrophoneState)
    /// Interleaved samples in the format of the running state.
    func microphoneCaptured(_ samples: Span<Int16>)
    /// Frames were lost here; the next samples do not follow the ones before.
    func microphoneOverran()
}
