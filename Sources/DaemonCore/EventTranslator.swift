import EventProtocol
import Inference
import Recognition

/// Turns what the recogniser says into what goes over the wire.
struct EventTranslator {
    /// Class names in the order of the model.
    let labels: [String]

    /// One event.
    ///
    /// - Parameter arrivedMicroseconds: audio that has arrived when the event is made, for its age.
    func event(_ event: RecognitionEvent, arrivedMicroseconds: Int64) -> Event {
        switch event {
        case .speechStarted:
            .speechStarted
        case .speechStopped(let time, let begin):
            .speechStopped(durationMicroseconds: Self.unsigned(time - begin))
        case .emotion(_, let answer):
            .emotion(result(answer, arrivedMicroseconds))
        case .utterance(_, let answer, let isContinued):
            .utterance(result(answer, arrivedMicroseconds), continued: isContinued)
        case .mood(_, let mood):
            .mood(label: labels[mood.label], probabilities: named(mood.probabilities))
        }
    }

    /// When an event happened, in microseconds of audio.
    static func time(of event: RecognitionEvent) -> UInt64 {
        switch event {
        case .speechStarted(let time, _), .speechStopped(let time, _), .emotion(let time, _),
            .utterance(let time, _, _), .mood(let time, _):
            unsigned(time)
        }
    }

    private func result(_ answer: Answer, _ arrivedMicroseconds: Int64) -> EmotionResult {
        EmotionResult(
            label: answer.label.map { labels[$0] } ?? EmotionResult.unknown,
            probabilities: named(answer.probabilities),
            levelDecibelTenths: answer.level,
            ageMicroseconds: Self.unsigned(arrivedMicroseconds - answer.end),
            durationMicroseconds: Self.unsigned(answer.end - answer.begin)
        )
    }

    private func named(_ probabilities: ClassProbabilities) -> [EmotionResult.Probability] {
        let perMille = probabilities.perMille
        return labels.enumerated().map { index, label in
            EmotionResult.Probability(label: label, permille: Int(perMille[index]))
        }
    }

    private static func unsigned(_ microseconds: Int64) -> UInt64 {
        UInt64(max(0, microseconds))
    }
}
