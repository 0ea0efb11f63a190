import VoiceActivity

/// Finds what the energy gate of the product lets pass.
@_cdecl("affect_gate_segments")
public func affectGateSegments(
    _ samples: UnsafePointer<Int16>?,
    _ count: Int,
    _ preRoll: Int,
    _ beginEnd: UnsafeMutablePointer<Int32>?,
    _ pairCapacity: Int
) -> Int {
    guard let samples = unsafe samples, let beginEnd = unsafe beginEnd,
        count >= 0, count <= Int(Int32.max), preRoll >= 0, preRoll <= 1 << 20
    else { return errorArgument }
    // The caller promises `count` samples and `pairCapacity` pairs; nothing else is touched.
    let buffer = unsafe UnsafeBufferPointer(start: samples, count: count)
    let input = unsafe buffer.span
    var gate = SpeechGate(sampleRate: 16_000, channelCount: 1, preRoll: preRoll)
    var segments: [(begin: Int64, end: Int64)] = []
    var taken = 0
    while taken < count {
        taken += gate.push(input.extracting(taken..<count))
        guard gate.isBlockReady else { continue }
        switch gate.step() {
        case .closed: break
        case .opened:
            segments.append((gate.position - Int64(gate.passedCount), gate.position))
        case .open, .closing: segments[segments.count - 1].end = gate.position
        }
    }
    guard segments.count <= pairCapacity else { return errorCapacity }
    for (index, segment) in segments.enumerated() {
        unsafe beginEnd[2 * index] = Int32(segment.begin)
        unsafe beginEnd[2 * index + 1] = Int32(segment.end)
    }
    return segments.count
}
