import ControlCore
import EventProtocol
import JSONText
import Testing

@Suite struct LiveViewTests {
    private func event(_ event: Event, summary: CaptureState = .running) -> JSONObject {
        Message(
            sequence: 1,
            time: .clock(monotonicMicroseconds: 5_000_000, wallClockMicroseconds: 1),
            event: event,
            state: StateSnapshot(capture: summary, speech: true)
        ).json
    }

    private let result = EmotionResult(
        label: "happy",
        probabilities: [.init(label: "happy", permille: 630), .init(label: "sad", permille: 370)],
        levelDecibelTenths: -200,
        ageMicroseconds: 0,
        durationMicroseconds: 1_500_000
    )

    private func view() -> LiveView {
        var view = LiveView()
        view.take(event(.state(changed: [], reason: "the state at the beginning")))
        view.take(information: ["levelDecibelTenths": -450])
        view.take(event(.utterance(result, continued: false)))
        view.take(event(.mood(label: "happy", probabilities: result.probabilities)))
        return view
    }

    @Test func showsStateLevelProbabilitiesUtterancesAndMood() {
        #expect(
            view().lines(width: 42) == [
                "affectd  no-model  the state at the beginn", "",
                "level    ██████████··········  -45 dBFS", "",
                "→ happy        ████████████········  63 %",
                "  sad          ███████·············  37 %", "",
                "mood     happy: happy 63 %, sad 37 %", "", "last utterances",
                "         5.000 s  utterance       happy 63",
            ]
        )
    }

    @Test(arguments: [1, 5, 20, 22, 23, 80, 500])
    func neverLeavesTheTerminal(width: Int) {
        var view = view()
        for _ in 0..<20 { view.take(event(.utterance(result, continued: true))) }
        for line in view.lines(width: width) { #expect(line.count <= width) }
        #expect(view.screen(width: width, height: 5).split(separator: "\n").count <= 5)
    }

    @Test func nothingFromElsewhereSteersTheTerminal() {
        var view = LiveView()
        view.take(event(.state(changed: [], reason: "\u{1B}[31mred\u{7}\n")))
        let text = view.lines(width: 80).joined()
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
    }

    @Test func takesWhatItDoesNotKnow() {
        var view = LiveView()
        view.take(["event": "something-new"])
        view.take(information: ["levelDecibelTenths": "loud"])
        #expect(!view.lines(width: 80).isEmpty)
    }
}
