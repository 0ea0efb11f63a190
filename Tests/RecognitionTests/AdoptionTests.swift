import CAllocationProbe
import Inference
import ModelDescription
import ModelFile
import Recognition
import TestSupport
import Testing

/// One model takes over from another while sound goes on.
@Suite struct AdoptionTests {
    /// Frames of 20 ms every 10 ms, where the sample model has 16 ms every 8 ms; no pre-emphasis.
    private static func other(labels: [String]? = nil) throws -> Model {
        let model = try SampleModel.int8()
        var manifest = model.manifest
        manifest.name = "other"
        manifest.frontEnd.frameLength = 320
        manifest.frontEnd.hopLength = 160
        manifest.frontEnd.fftLength = 512
        manifest.frontEnd.preEmphasis = 0
        manifest.decision.preRollFrames = 20
        manifest.labels = labels ?? manifest.labels
        return try Model(
            manifest: manifest,
            frontEndTables: SampleModel.frontEndTables(manifest.frontEnd),
            tensors: model.tensors
        )
    }

    /// What one recogniser says; events of each model in turn.
    private struct Run {
        var events: [[RecognitionEvent]] = [[]]
        var adoptedAt: [Int64] = []
        var all: [RecognitionEvent] { events.flatMap { $0 } }
    }

    /// Processes samples, and from a position on offers the other model.
    private func run(
        _ samples: [Int16],
        adoptAt positions: [Int] = [],
        speechModel: Model? = nil,
        gate: RecognizerOptions = RecognizerOptions()
    ) throws -> Run {
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            speechModel: speechModel,
            format: AudioFormat(sampleRate: 16_000, channelCount: 1),
            options: gate
        )
        var run = Run()
        var waiting = positions
        var position = 0
        func take(_ recognizer: borrowing Recognizer) {
            run.events[run.events.count - 1] += recognizer.events
            guard recognizer.hasAdopted else { return }
            run.adoptedAt.append(recognizer.position)
            run.events.append([])
        }
        while position < samples.count {
            if let first = waiting.first, first <= position {
                waiting.removeFirst()
                let isOther = run.adoptedAt.count % 2 == 0
                let model = isOther ? try Self.other() : try SampleModel.int8()
                recognizer.adopt(try PreparedModel(model))
                take(recognizer)
            }
            let end = min(waiting.first ?? samples.count, position + 400, samples.count)
            position += recognizer.process(
                samples.span.extracting(position..<max(end, position + 1))
            )
            take(recognizer)
        }
        recognizer.finish()
        take(recognizer)
        return run
    }

    private func utterances(_ events: [RecognitionEvent]) -> [Answer] {
        events.compactMap { if case .utterance(_, let answer, _) = $0 { answer } else { nil } }
    }

    private func windows(_ events: [RecognitionEvent]) -> [Answer] {
        events.compactMap { if case .emotion(_, let answer) = $0 { answer } else { nil } }
    }

    /// When speech began and ended, as the gate and the detector say.
    private func decisions(_ events: [RecognitionEvent]) -> [String] {
        events.compactMap {
            switch $0 {
            case .speechStarted(let time, _): "started \(time)"
            case .speechStopped(let time, _): "stopped \(time)"
            default: nil
            }
        }
    }

    private let speech = bursts([700, 1500, 900, 60, 800, 700])

    @Test(arguments: [nil, true, false])
    func theGateDecidesTheSameBeforeAndAfter(isSpeech: Bool?) throws {
        let detector = try isSpeech.map { try SampleModel.speech(isSpeech: $0) }
        let undisturbed = decisions(try run(speech, speechModel: detector).all)
        #expect(undisturbed.isEmpty == (isSpeech == false))
        for position in stride(from: 100, to: speech.count, by: 9777) {
            let found = try run(speech, adoptAt: [position], speechModel: detector)
            #expect(found.adoptedAt.count == 1)
            #expect(decisions(found.all) == undisturbed, "adopted from sample \(position) on")
        }
        let swaps = Array(stride(from: 0, to: speech.count, by: 3000))
        #expect(
            decisions(try run(speech, adoptAt: swaps, speechModel: detector).all) == undisturbed
        )
    }

    @Test func everyFrameIsAnsweredByOneModel() throws {
        // Speech from 0.7 s to 3.2 s and 400 ms of hangover.
        let samples = bursts([700, 2500, 900])
        let whole = utterances(try run(samples).all)
        let begin = try #require(whole.first?.begin)
        let end = try #require(whole.last?.end)
        var splits = 0
        for position in stride(from: 9000, to: samples.count, by: 2731) {
            let found = try run(samples, adoptAt: [position])
            try #require(found.events.count == 2)
            let old = utterances(found.events[0])
            let new = utterances(found.events[1])
            let answers = old + new
            #expect(abs(try #require(answers.first).begin - begin) <= 200_000)
            #expect(abs(try #require(answers.last).end - end) <= 20_000)
            for (before, after) in zip(answers, answers.dropFirst()) {
                // Utterances follow each other; frames overlap, and times are those of blocks.
                #expect(abs(after.begin - before.end) <= 20_000, "\(before) \(after)")
            }
            guard let last = old.last, let first = new.first else { continue }
            splits += 1
            #expect(last.frameCount >= 10 && first.frameCount >= 10)
            for window in windows(found.events[0]) { #expect(window.end <= last.end + 10_000) }
            for window in windows(found.events[1]) { #expect(window.begin >= first.begin - 10_000) }
            // What was cut goes on in the next one.
            guard
                case .utterance(_, _, let isContinued)? = found.events[0].last(where: {
                    if case .utterance = $0 { true } else { false }
                })
            else { continue }
            #expect(isContinued)
        }
        #expect(splits > 8)
    }

    /// The new model answers as if it had heard nothing but what the old one left to it.
    @Test func theNewModelHearsFromTheFrameOnThatTheOldOneDidNot() throws {
        let samples = bursts([700, 4000, 900])
        let found = try run(samples, adoptAt: [20_000])
        try #require(found.events.count == 2)
        guard case .speechStarted(_, let begin)? = found.events[0].first else {
            Issue.record("speech comes first")
            return
        }
        let frames = utterances(found.events[0]).map(\.frameCount).reduce(0, +)
        // Frames of 256 samples every 128.
        let boundary = Int(begin) * 16 / 1000 + (frames - 1) * 128 + 256
        var options = RecognizerOptions()
        options.gate = nil
        var alone = try Recognizer(
            model: Self.other(),
            format: AudioFormat(sampleRate: 16_000, channelCount: 1),
            options: options
        )
        var expected: Answer?
        var position = boundary
        while expected == nil && position < samples.count {
            position += alone.process(
                samples.span.extracting(position..<samples.count)
            )
            expected = utterances(alone.events).first
        }
        let answer = try #require(utterances(found.events[1]).first)
        #expect(answer.frameCount == 80)
        #expect(answer.fingerprint == expected?.fingerprint)
        #expect((0..<3).allSatisfy { answer.logits[$0] == expected?.logits[$0] })
    }

    @Test func speechThatEndsSoonBelongsToTheOldModel() throws {
        let samples = bursts([700, 1000, 900])
        let whole = try run(samples)
        let stop = try #require(decisions(whole.all).last)
        // 60 ms before the end of the hangover: less than ten frames of 10 ms.
        let time = try #require(Int(stop.split(separator: " ")[1]))
        let found = try run(samples, adoptAt: [(time - 60_000) * 16 / 1000])
        try #require(found.events.count == 2)
        #expect(utterances(found.events[0]).map(\.end) == utterances(whole.all).map(\.end))
        #expect(found.events[1].isEmpty)
    }

    @Test func inSilenceTheNewModelTakesOverAtOnce() throws {
        let found = try run(bursts([700, 500, 900]), adoptAt: [4000])
        #expect(found.adoptedAt == [4000 / 160 * 160])
        #expect(found.events[0].isEmpty)
        // 20 frames of 10 ms pass from before the sound, where the other model has 10 of 8 ms.
        guard case .speechStarted(_, let begin)? = found.events[1].first,
            case .speechStarted(_, let before)? = try run(bursts([700, 500, 900])).all.first
        else {
            Issue.record("speech comes first")
            return
        }
        #expect(before - begin == 200_000 - 80_000)
    }

    /// Sound that is no speech can go on for hours.
    @Test func noiseThatIsNoSpeechHindersNothing() throws {
        let samples = bursts([700, 3000, 10])
        let detector = try SampleModel.speech(isSpeech: false)
        let found = try run(samples, adoptAt: [20_000], speechModel: detector)
        let delay = try #require(found.adoptedAt.first) - 20_000
        // What the new model keeps of the time before speech: 200 ms and 480 ms, in steps of 10 ms.
        #expect((0...11_200).contains(delay))
    }

    @Test func theMoodStaysWithTheLabels() throws {
        let samples = bursts([700, 500, 900])
        /// Whether the first mood after a swap is that of one utterance alone.
        func beginsAnew(_ labels: [String]?) throws -> Bool {
            var recognizer = try Recognizer(
                model: SampleModel.int8(),
                format: AudioFormat(sampleRate: 16_000, channelCount: 1)
            )
            var answer: Answer?
            var mood: Mood?
            for _ in 0..<2 {
                (answer, mood) = (nil, nil)
                var position = 0
                while position < samples.count {
                    position += recognizer.process(
                        samples.span.extracting(position..<samples.count)
                    )
                    answer = answer ?? utterances(recognizer.events).first
                    for case .mood(_, let told) in recognizer.events { mood = mood ?? told }
                }
                recognizer.finish()
                recognizer.adopt(try PreparedModel(Self.other(labels: labels)))
                let hasAdopted = recognizer.hasAdopted
                #expect(hasAdopted)
            }
            let alone = try #require(answer).probabilities
            return mood.map { $0.probabilities.perMille.span[0] } == alone.perMille.span[0]
        }
        #expect(try beginsAnew(["one", "two", "three"]))
        #expect(try !beginsAnew(nil))
    }

    @Test func aHundredSwapsLeaveTheMemoryAsItWas() throws {
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            format: AudioFormat(sampleRate: 16_000, channelCount: 1)
        )
        let models = [try SampleModel.int8(), try Self.other()]
        let samples = bursts([100, 400])
        var (blocks, mostEarly, leastLate) = (0, 0, Int.max)
        for round in 0..<100 {
            recognizer.adopt(try PreparedModel(models[round % 2]))
            var position = 0
            while position < samples.count {
                position += recognizer.process(
                    samples.span.extracting(position..<samples.count)
                )
            }
            // The first rounds let a debug build instantiate its generic metadata.
            if round == 9 { blocks = affect_live_blocks() }
            // The two models take different room.
            guard round % 2 == 1 else { continue }
            if (9..<19).contains(round) { mostEarly = max(mostEarly, affect_live_bytes()) }
            if round >= 90 { leastLate = min(leastLate, affect_live_bytes()) }
        }
        #expect(affect_live_blocks() <= blocks)
        // A block may be 16 bytes larger than the one that it takes the place of, now and then; less
        // than a byte for each of the 71 swaps in between.
        #expect(leastLate - mostEarly < 71)
    }
}
