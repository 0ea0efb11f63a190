import ControlCore
import EventProtocol
import JSONText
import Testing

@Suite struct GetCommandTests {
    private func reply(
        _ state: StateSnapshot = StateSnapshot(capture: .running),
        label: String? = "happy"
    ) -> JSONObject {
        var reply: JSONObject = ["state": .object(state.json)]
        let probabilities = [
            EmotionResult.Probability(label: "happy", permille: 630),
            EmotionResult.Probability(label: "sad", permille: 370),
        ]
        func message(_ event: Event) -> JSONValue {
            .object(
                Message(
                    sequence: 1,
                    time: .clock(monotonicMicroseconds: 10_000_000, wallClockMicroseconds: 1),
                    event: event
                ).json
            )
        }
        if let label {
            reply["utterance"] = message(
                .utterance(
                    EmotionResult(
                        label: label,
                        probabilities: probabilities,
                        levelDecibelTenths: -200,
                        ageMicroseconds: 0,
                        durationMicroseconds: 1
                    ),
                    continued: false
                )
            )
            reply["mood"] = message(.mood(label: "sad", probabilities: probabilities))
        }
        return reply
    }

    private func answer(
        _ reply: JSONObject,
        _ field: GetCommand.Field = .label,
        maxAgeSeconds: Int? = nil
    ) -> Result<String, ControlError> {
        Result { () throws(ControlError) in
            try GetCommand.answer(
                reply,
                field,
                maxAgeSeconds: maxAgeSeconds,
                monotonicMicroseconds: 15_000_000
            )
        }
    }

    private func code(_ result: Result<String, ControlError>) -> ControlExitCode? {
        if case .failure(let error) = result { error.exitCode } else { nil }
    }

    @Test(arguments: [
        (GetCommand.Field.label, "happy"), (.confidence, "630"), (.mood, "sad"),
        (.summary, "no-model"),
    ])
    func printsOneWord(field: GetCommand.Field, word: String) {
        #expect(answer(reply(), field) == .success(word))
    }

    @Test func unknownIsAWordLikeAnother() {
        #expect(answer(reply(label: "unknown")) == .success("unknown"))
    }

    @Test func saysThatNothingWasHeard() {
        #expect(code(answer(reply(label: nil))) == .nothingHeard)
        #expect(answer(reply(), maxAgeSeconds: 5) == .success("happy"))
        #expect(code(answer(reply(), maxAgeSeconds: 4)) == .nothingHeard)
    }

    @Test(arguments: [
        StateSnapshot(capture: .closed, muted: true), StateSnapshot(capture: .noDevice),
        StateSnapshot(capture: .running, heldUntilMicroseconds: 1),
    ])
    func saysThatNothingCanBeHeard(state: StateSnapshot) {
        #expect(code(answer(reply(state))) == .notListening)
    }
}
