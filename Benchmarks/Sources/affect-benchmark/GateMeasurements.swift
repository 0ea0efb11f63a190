import VoiceActivity

/// The energy gate over blocks of ten milliseconds.
func gateMeasurements(speech: [Int16], silence: [Int16]) -> [Measurement] {
    [gate("gate/silence", silence), gate("gate/speech", speech)]
}

private func gate(_ name: String, _ samples: [Int16]) -> Measurement {
    var gate = SpeechGate(sampleRate: 16_000, channelCount: 1, preRoll: 3072)
    return Measurement(name, unit: "10 ms") { blocks(of: samples, through: &gate) }
}

private func blocks(of samples: [Int16], through gate: inout SpeechGate) -> Int {
    var taken = 0
    var count = 0
    while taken < samples.count {
        taken += gate.push(samples.span.extracting(taken..<samples.count))
        if gate.isBlockReady {
            _ = gate.step()
            count += 1
        }
    }
    return count
}
