import DaemonConfiguration
import Recognition
import VoiceActivity

extension RecognizerOptions {
    /// What is configured about recognition.
    package init(_ configuration: Configuration) {
        self.init()
        var gate = EnergyGateOptions()
        gate.openAboveFloor = configuration.number(.gateOpenDecibels) * 10
        gate.holdAboveFloor = configuration.number(.gateHoldDecibels) * 10
        gate.hangoverBlocks =
            configuration.number(.gateHangoverMilliseconds) * SpeechGate.blocksPerSecond / 1000
        self.gate = gate
        unknownThreshold = configuration.integer(.unknownThreshold)
        smoothing = configuration.integer(.smoothing)
        hysteresis = configuration.number(.hysteresis)
        minimumSignalToNoise = configuration.number(.minimumSignalToNoise) * 10
        moodHalfLife = configuration.number(.moodHalfLifeSeconds)
        voiceMemory = configuration.number(.voiceMemorySeconds)
    }
}
