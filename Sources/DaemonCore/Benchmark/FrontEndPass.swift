import AudioCapture
import Recognition
import SystemIntegration

/// Gate, resampler and front end at one format of a microphone, without what decides on the frames.
struct FrontEndPass: ~Copyable {
    private var card: BenchmarkCard
    private var stream: FrameStream
    private var frame: [Int16]

    init(_ format: BenchmarkCard.Format, stream: consuming FrameStream) {
        card = BenchmarkCard(format)
        frame = Array(repeating: 0, count: stream.channelCount)
        self.stream = stream
    }

    /// Plays a sound of 16 kHz to the microphone.
    mutating func play(_ sound: [Int16]) -> BenchmarkCost {
        var cost = BenchmarkCost()
        let length = BenchmarkSound.sampleRate * Microphone.WakeInterval.speech.rawValue / 1000
        for position in stride(from: 0, to: sound.count, by: length) {
            let end = min(position + length, sound.count)
            card.store(sound[position..<end])
            let start = Clock.threadProcessorNanoseconds
            card.read()
            var taken = 0
            while taken < card.count {
                taken += push(card, from: taken, to: &stream)
                guard stream.isBlockReady else { continue }
                _ = stream.step()
                while takeFrame(&stream, into: &frame) {}
            }
            cost.add(Clock.threadProcessorNanoseconds - start, sampleCount: end - position)
        }
        return cost
    }
}

private func takeFrame(_ stream: inout FrameStream, into frame: inout [Int16]) -> Bool {
    var span = frame.mutableSpan
    return stream.nextFrame(into: &span, at: 0)
}

private func push(_ card: BenchmarkCard, from taken: Int, to stream: inout FrameStream) -> Int {
    stream.push(card.samples.span.extracting(taken..<card.count))
}
