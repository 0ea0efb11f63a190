import Inference
import ModelDescription
import ModelFile
import Recognition
import TestSupport
import Testing

/// The product on synthetic bursts with a hand-made network: order, times and invariance of events.
@Suite struct RecognizerTests {
    private func events(
        _ samples: [Int16],
        chunk: Int = 1600,
        rate: Int = 16_000,
        channels: Int = 1,
        options: RecognizerOptions = RecognizerOptions()
    ) throws -> [String] {
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            format: AudioFormat(sampleRate: rate, channelCount: channels),
            options: options
        )
        var lines: [String] = []
        var position = 0
        while position < samples.count {
            let end = min(position + chunk, samples.count)
            position += recognizer.process(samples[position..<end].span)
            lines += recognizer.events.map(describe)
        }
        recognizer.finish()
        return lines + recognizer.events.map(describe)
    }

    private func describe(_ event: RecognitionEvent) -> String {
        func shares(_ answer: Answer) -> String {
            let perMille = answer.probabilities.perMille
            let values = (0..<answer.probabilities.count).map { Int(perMille[$0]) }
            #expect(values.reduce(0, +) == 1000)
            #expect(answer.end > answer.begin && answer.begin >= 0)
            return "\(values) \(answer.label ?? -1) \(answer.level) \(answer.frameCount)"
        }
        return switch event {
        case .speechStarted(let time, let begin): "started \(time) \(begin)"
        case .speechStopped(let time, let begin): "stopped \(time) \(begin)"
        case .emotion(let time, let answer): "emotion \(time) \(shares(answer))"
        case .utterance(let time, let answer, let continued):
            "utterance \(time) \(continued) \(shares(answer))"
        case .mood(let time, let mood): "mood \(time) \(mood.label)"
        }
    }

    private func kinds(_ lines: [String]) -> [String] {
        lines.map { String($0.prefix { $0 != " " }) }
    }

    @Test func speechBringsEventsInOrder() throws {
        let lines = try events(bursts([1000, 400, 1000]))
        // 80 ms of pre-roll, 400 ms of burst and 400 ms of hangover are 109 frames: one utterance
        // of 80 frames that is continued, and the rest; windows come every 10 frames.
        #expect(kinds(lines).first == "started" && kinds(lines).last == "stopped")
        #expect(kinds(lines).filter { $0 == "utterance" }.count == 2)
        #expect(kinds(lines).filter { $0 == "emotion" }.count >= 8)
        // Opened 40 ms into the burst with the 80 ms pre-roll before its first block.
        #expect(lines[0] == "started 1040000 920000")
        #expect(lines.last == "stopped 1800000 920000")
    }

    @Test func chunksDoNotMatter() throws {
        let samples = bursts([700, 500, 900, 80, 600, 1500, 700])
        let whole = try events(samples, chunk: samples.count)
        #expect(whole.count > 10)
        for chunk in [1, 13, 160, 1601] {
            #expect(try events(samples, chunk: chunk) == whole)
        }
        let stereo = bursts([700, 500, 900, 80, 600, 1500, 700], rate: 44_100, channels: 2)
        let resampled = try events(stereo, chunk: stereo.count, rate: 44_100, channels: 2)
        #expect(resampled.count > 10)
        for chunk in [2, 26, 882, 3202] {
            #expect(try events(stereo, chunk: chunk, rate: 44_100, channels: 2) == resampled)
        }
    }

    @Test(arguments: [(8000, 1), (44_100, 2), (48_000, 2), (192_000, 1)])
    func everyNativeFormatGivesTheSameKindsOfEvents(rate: Int, channels: Int) throws {
        let samples = bursts([700, 500, 900], rate: rate, channels: channels)
        let found = kinds(try events(samples, rate: rate, channels: channels))
        #expect(found.first == "started" && found.last == "stopped")
        #expect(found.contains("utterance"))
    }

    @Test func longSpeechIsCutIntoContinuedUtterances() throws {
        // 80 frames of 8 ms are the longest utterance: 2.5 s hold four of them.
        let lines = try events(bursts([700, 2500, 900]))
        let continued = lines.filter { $0.hasPrefix("utterance") && $0.contains(" true ") }
        #expect(continued.count >= 3)
        #expect(continued.allSatisfy { $0.hasSuffix(" 80") })
    }

    /// Whatever is left after a cut, a continued utterance is followed by the last one.
    @Test(arguments: [100, 110, 130, 150, 170, 190, 210, 230, 250])
    func continuedUtterancesHaveAnEnd(milliseconds: Int) throws {
        // 640 ms, 80 frames of 8 ms, are cut; 480 ms of pre-roll and hangover come to the burst.
        let lines = try events(bursts([700, milliseconds, 900]))
        let utterances = lines.filter { $0.hasPrefix("utterance") }
        #expect(utterances.last?.contains(" false ") == true)
        #expect(utterances.dropLast().allSatisfy { $0.contains(" true ") })
        let frames = utterances.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(frames.allSatisfy { (10...80).contains($0) })
    }

    /// A model whose longest utterance is as long as its shortest.
    @Test func utterancesOfOneLengthAreCutEverywhere() throws {
        let model = try SampleModel.int8()
        var manifest = model.manifest
        manifest.decision.windowFrames = 20
        manifest.decision.minimumFrames = 20
        manifest.decision.maximumUtteranceFrames = 20
        let narrow = try Model(
            manifest: manifest,
            frontEndTables: model.frontEndTables,
            tensors: model.tensors
        )
        for milliseconds in stride(from: 60, to: 400, by: 8) {
            var recognizer = try Recognizer(
                model: narrow,
                format: AudioFormat(sampleRate: 16_000, channelCount: 1)
            )
            let samples = bursts([500, milliseconds])
            var position = 0
            while position < samples.count {
                position += recognizer.process(
                    samples.span.extracting(position..<samples.count)
                )
            }
            recognizer.finish()
            let last = recognizer.events.map(describe).last { $0.hasPrefix("utterance") }
            #expect(last == nil || last?.contains(" false ") == true)
        }
    }

    /// As after an overrun: what was heard is answered, and the rest of the speech is heard again.
    @Test func speechThatGoesOnAfterFinishStartsAgain() throws {
        var recognizer = try Recognizer(
            model: SampleModel.int8(),
            format: AudioFormat(sampleRate: 16_000, channelCount: 1)
        )
        let samples = bursts([1000, 1200, 1000])
        var lines: [String] = []
        for part in [0..<25_605, 25_605..<samples.count] {
            var position = part.lowerBound
            while position < part.upperBound {
                position += recognizer.process(
                    samples.span.extracting(position..<part.upperBound)
                )
                lines += recognizer.events.map(describe)
            }
            recognizer.finish()
            lines += recognizer.events.map(describe)
        }
        #expect(kinds(lines).filter { $0 == "started" }.count == 2)
        #expect(kinds(lines).filter { $0 == "stopped" }.count == 2)
    }

    @Test func silenceBringsNothing() throws {
        #expect(try events(Array(repeating: 0, count: 32_000)).isEmpty)
        #expect(try events([]).isEmpty)
    }

    @Test func aFileThatEndsInSpeechIsAnswered() throws {
        let lines = try events(bursts([500, 800]))
        #expect(kinds(lines).contains("utterance") && kinds(lines).last == "stopped")
    }

    @Test func withoutAGateEverythingIsSpeech() throws {
        var options = RecognizerOptions()
        options.gate = nil
        let lines = try events(Array(repeating: 0, count: 16_000), options: options)
        #expect(kinds(lines).contains("utterance"))
    }

    @Test func anUnreachableThresholdMakesEverythingUnknown() throws {
        var options = RecognizerOptions()
        options.unknownThreshold = 1000
        let lines = try events(bursts([700, 800, 900]), options: options)
        let answers = lines.filter { $0.hasPrefix("utterance") || $0.hasPrefix("emotion") }
        #expect(!answers.isEmpty && answers.allSatisfy { $0.contains("] -1 ") })
    }

    /// The bursts of ±2000 stand about 60 dB above the noise of ±3; pre-roll and hangover pull the mean
    /// down.
    @Test(arguments: [(200, false), (700, true)])
    func speechThatIsNotFarEnoughAboveTheNoiseIsUnknown(minimum: Int, isUnknown: Bool) throws {
        var options = RecognizerOptions()
        options.unknownThreshold = 0
        options.minimumSignalToNoise = minimum
        let lines = try events(bursts([700, 800, 900]), options: options)
        let answers = lines.filter { $0.hasPrefix("utterance") }
        #expect(!answers.isEmpty)
        #expect(answers.allSatisfy { $0.contains("] -1 ") == isUnknown })
    }

    @Test func aLabelWaitsUntilItLeadsByTheHysteresis() throws {
        var options = RecognizerOptions()
        options.unknownThreshold = 0
        options.smoothing = 0
        func labels(_ hysteresis: Int) throws -> [[Substring]] {
            options.hysteresis = hysteresis
            return try events(voices(), options: options).filter { $0.hasPrefix("emotion") }
                .map { $0.split(separator: "]")[1].split(separator: " ") }
        }
        let free = try labels(0).map { $0[0] }
        #expect(Set(free).count > 1, "the signal makes the label change")
        // No lead reaches 1001 per mille.
        #expect(try labels(1001).map { $0[0] } == Array(repeating: free[0], count: free.count))
    }

    /// Two seconds of one burst after the other, each with another spectrum, without a pause.
    private func voices() -> [Int16] {
        var samples = [Int16](repeating: 0, count: 8000)
        var state: UInt32 = 1
        for part in 0..<8 {
            for position in 0..<4000 {
                state = state &* 1_664_525 &+ 1_013_904_223
                let noise = Int32(bitPattern: state) >> 18
                let tone: Int32 = (position / (4 + 9 * part)) % 2 == 0 ? 6000 : -6000
                samples.append(Int16(part % 2 == 0 ? tone : noise))
            }
        }
        return samples
    }

    @Test func modelsForAnotherTaskAreRefused() throws {
        let model = try SampleModel.int8()
        var manifest = model.manifest
        manifest.task = .speech
        let speech = try Model(
            manifest: manifest,
            frontEndTables: model.frontEndTables,
            tensors: model.tensors
        )
        var reason: RecognizerError?
        do {
            _ = try Recognizer(
                model: speech,
                format: AudioFormat(sampleRate: 16_000, channelCount: 1)
            )
        } catch {
            reason = error
        }
        #expect(reason == .wrongTask(expected: .emotion, found: .speech))
    }
}
