import CAllocationProbe
import Recognition
import TestSupport
import Testing

/// From samples to events nothing is allocated after preparation.
@Suite struct AllocationTests {
    @Test func speechAndSilenceAllocateNothing() throws {
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            speechModel: SampleModel.speech(isSpeech: true),
            format: AudioFormat(sampleRate: 48_000, channelCount: 2)
        )
        let samples = bursts([700, 1500, 900, 400, 900], rate: 48_000, channels: 2)
        // The first round lets a debug build instantiate its generic metadata.
        _ = process(&recognizer, samples)
        let before = affect_allocation_count()
        let count = process(&recognizer, samples)
        let after = affect_allocation_count()
        #expect(count > 10)
        #expect(after == before)
    }

    private func process(_ recognizer: inout Recognizer, _ samples: [Int16]) -> Int {
        var position = 0
        var count = 0
        while position < samples.count {
            position += recognizer.process(samples.span.extracting(position..<samples.count))
            count += recognizer.events.count
        }
        return count
    }
}
