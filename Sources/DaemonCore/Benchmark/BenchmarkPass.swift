import AudioCapture
import EventProtocol
import ModelDescription
import Recognition
import SystemIntegration

/// Recognition at one format of a microphone, measured wake-up by wake-up.
///
/// A wake-up does what the daemon does in one: it decodes what the card has stored, lets the
/// recogniser hear it, and makes the lines of its events.
struct BenchmarkPass: ~Copyable {
    /// What one play of a sound cost.
    struct Result {
        /// Wake-ups in which nobody spoke.
        var silence = BenchmarkCost()
        /// Wake-ups in the middle of speech.
        var speech = BenchmarkCost()
        /// The wake-up that ended the longest utterance.
        var end = BenchmarkEnd()
    }

    private var card: BenchmarkCard
    private var recognizer: Recognizer
    private let translator: EventTranslator
    private var sequence: UInt64 = 0
    /// What a subscriber would have got last.
    private var line = ""

    init(_ format: BenchmarkCard.Format, recognizer: consuming Recognizer) {
        card = BenchmarkCard(format)
        translator = EventTranslator(labels: recognizer.manifest.labels)
        self.recognizer = recognizer
    }

    /// Plays a sound of 16 kHz to the microphone.
    mutating func play(_ sound: [Int16]) -> Result {
        var result = Result()
        var position = 0
        while position < sound.count {
            let wasSpeech = recognizer.isSpeech
            let interval: Microphone.WakeInterval = wasSpeech ? .speech : .silence
            let count = min(
                BenchmarkSound.sampleRate * interval.rawValue / 1000,
                sound.count - position
            )
            card.store(sound[position..<position + count])
            position += count
            let start = Clock.threadProcessorNanoseconds
            let utterance = wake()
            let spent = Clock.threadProcessorNanoseconds - start
            switch (wasSpeech, recognizer.isSpeech) {
            case (false, false): result.silence.add(spent, sampleCount: count)
            case (true, true): result.speech.add(spent, sampleCount: count)
            case (true, false):
                guard utterance > result.end.utteranceMicroseconds else { continue }
                result.end = BenchmarkEnd(
                    nanoseconds: spent,
                    utteranceMicroseconds: utterance
                )
            case (false, true): break
            }
        }
        return result
    }

    /// One wake-up.
    ///
    /// - Returns: microseconds of the longest utterance that ended in it.
    private mutating func wake() -> UInt64 {
        card.read()
        var utterance: UInt64 = 0
        var taken = 0
        while taken < card.count {
            taken += hear(card, from: taken, by: &recognizer)
            for event in recognizer.events {
                let time = EventTranslator.time(of: event)
                sequence += 1
                let message = Message(
                    sequence: sequence,
                    time: .audio(microseconds: time),
                    event: translator.event(event, arrivedMicroseconds: Int64(time))
                )
                line = message.jsonLine
                if case .utterance(let result, _) = message.event {
                    utterance = max(utterance, result.durationMicroseconds)
                }
            }
        }
        return utterance
    }
}

private func hear(
    _ card: BenchmarkCard,
    from taken: Int,
    by recognizer: inout Recognizer
) -> Int {
    recognizer.process(card.samples.span.extracting(taken..<card.count))
}
