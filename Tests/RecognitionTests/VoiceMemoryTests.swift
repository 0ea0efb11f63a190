import Features
import ModelDescription
import ModelFile
import Recognition
import TestSupport
import Testing
import VoiceActivity

/// Answers of a model with memory: what they are normalised over, and when that is forgotten.
///
/// A burst of 100 ms with 80 ms of pre-roll and 400 ms of hangover is an utterance of about 70 frames;
/// the sample model cuts at 80.
@Suite struct VoiceMemoryTests {
    private let format = AudioFormat(sampleRate: 16_000, channelCount: 1)

    private func recognizer(_ model: Model, seconds: Int = 300) throws -> Recognizer {
        var options = RecognizerOptions()
        options.voiceMemory = seconds
        return try Recognizer(model: model, format: format, options: options)
    }

    private func process(
        _ samples: [Int16],
        by recognizer: inout Recognizer,
        chunk: Int = 1600
    ) -> [RecognitionEvent] {
        var events: [RecognitionEvent] = []
        var position = 0
        while position < samples.count {
            let end = min(position + chunk, samples.count)
            position += recognizer.process(samples.span.extracting(position..<end))
            events += recognizer.events
        }
        return events
    }

    private func events(
        _ samples: [Int16],
        _ model: Model,
        seconds: Int = 300,
        chunk: Int = 1600
    ) throws -> [RecognitionEvent] {
        var recognizer = try recognizer(model, seconds: seconds)
        let events = process(samples, by: &recognizer, chunk: chunk)
        recognizer.finish()
        return events + recognizer.events
    }

    private func utterances(_ events: [RecognitionEvent]) -> [Answer] {
        events.compactMap { if case .utterance(_, let answer, _) = $0 { answer } else { nil } }
    }

    private func fingerprints(_ events: [RecognitionEvent]) -> [UInt64] {
        utterances(events).map(\.fingerprint)
    }

    // MARK: By hand

    /// Frames before normalisation, one array of rows for each time that the gate was open.
    private func segments(_ samples: [Int16], _ model: Model) throws -> [[[Int16]]] {
        let manifest = model.manifest
        var stream = try FrameStream(
            format: format,
            options: manifest.frontEnd,
            tables: model.frontEndTables,
            preRollFrames: manifest.decision.preRollFrames,
            gate: EnergyGateOptions()
        )
        var segments: [[[Int16]]] = []
        var row = [Int16](repeating: 0, count: manifest.frontEnd.channelCount)
        var taken = 0
        while taken < samples.count {
            taken += stream.push(samples.span.extracting(taken..<samples.count))
            guard stream.isBlockReady else { continue }
            if stream.step() == .opened { segments.append([]) }
            while next(&stream, &row) { segments[segments.count - 1].append(row) }
        }
        return segments
    }

    private func next(_ stream: inout FrameStream, _ row: inout [Int16]) -> Bool {
        var span = row.mutableSpan
        return stream.nextFrame(into: &span, at: 0)
    }

    /// Rows normalised over themselves and others, by the equations of `Documentation/Numerics.md`.
    private func normalized(
        _ rows: [[Int16]],
        with others: [[Int16]],
        _ options: FrontEndOptions
    ) -> [Int16] {
        var result = rows
        for channel in rows[0].indices {
            let all = (rows + others).map { Int($0[channel]) }
            let sum = all.reduce(0, +)
            let variance = all.count * all.reduce(0) { $0 + $1 * $1 } - sum * sum
            // Exact below 2^53, which rows of this model are far from.
            let root = Int(Double(variance << 10).squareRoot())
            let bits = options.outputFractionBits
            let isScaled = options.normalization == .meanVariance
            let divisor = isScaled ? max(root, all.count << (bits + 1)) : all.count
            for (index, row) in rows.enumerated() {
                let centred = Int(row[channel]) * all.count - sum
                let numerator = isScaled ? centred << (bits + 5) : centred
                let magnitude = (abs(numerator) + divisor / 2) / divisor
                result[index][channel] = Int16(clamping: numerator < 0 ? -magnitude : magnitude)
            }
        }
        return result.flatMap { $0 }
    }

    /// FNV-1a over whole values, as answers carry it.
    private func fingerprint(_ values: [Int16]) -> UInt64 {
        values.reduce(0xCBF2_9CE4_8422_2325) {
            ($0 ^ UInt64(UInt16(bitPattern: $1))) &* 0x0000_0100_0000_01B3
        }
    }

    @Test(arguments: [FrontEndOptions.Normalization.mean, .meanVariance])
    func theSecondUtteranceIsNormalisedOverTheFirstAsWell(
        normalization: FrontEndOptions.Normalization
    ) throws {
        let model = try SampleModel.remembering(160, normalization: normalization)
        let samples = bursts([700, 100, 900, 100, 900])
        let found = try events(samples, model)
        let segments = try segments(samples, model)
        #expect(segments.count == 2)
        let options = model.manifest.frontEnd
        let expected = [
            fingerprint(normalized(segments[0], with: [], options)),
            fingerprint(normalized(segments[1], with: segments[0], options)),
        ]
        #expect(fingerprints(found) == expected)

        // Windows of up to 40 frames, every 10 frames; the second speech knows the first, not itself.
        let windows = found.compactMap {
            if case .emotion(_, let answer) = $0 { answer.fingerprint } else { nil }
        }
        let expectedWindows = [(segments[0], []), (segments[1], segments[0])].flatMap {
            rows,
            others in
            stride(from: 10, through: rows.count, by: 10).map { count in
                let window = Array(rows[max(0, count - 40)..<count])
                return fingerprint(normalized(window, with: others, options))
            }
        }
        #expect(windows == expectedWindows)
    }

    /// Parts of 80 frames and one more of 40 to 100: of a limit of 180 two of them are remembered.
    @Test func partsOfALongUtteranceAreRememberedAndTheOldestForgotten() throws {
        let model = try SampleModel.remembering(180)
        let samples = bursts([700, 2500, 900, 100, 900])
        let answers = utterances(try events(samples, model))
        var rows = try segments(samples, model).flatMap { $0 }
        #expect(answers.count >= 5)
        #expect(answers.map(\.frameCount).reduce(0, +) == rows.count)
        var memory: [[[Int16]]] = []
        var hasForgotten = false
        for answer in answers {
            let own = Array(rows[..<answer.frameCount])
            rows.removeFirst(answer.frameCount)
            let others = memory.flatMap { $0 }
            let features = normalized(own, with: others, model.manifest.frontEnd)
            #expect(answer.fingerprint == fingerprint(features))
            memory.append(own)
            while memory.map(\.count).reduce(0, +) > 180 {
                memory.removeFirst()
                hasForgotten = true
            }
        }
        #expect(hasForgotten)
    }

    @Test func chunksDoNotMatter() throws {
        let model = try SampleModel.remembering(180, normalization: .meanVariance)
        let samples = bursts([700, 100, 900, 2500, 1500, 100, 700])
        let whole = try events(samples, model, seconds: 1, chunk: samples.count)
        #expect(utterances(whole).count > 4)
        for chunk in [13, 160, 1601] {
            let found = try events(samples, model, seconds: 1, chunk: chunk)
            #expect(fingerprints(found) == fingerprints(whole))
            #expect(found.count == whole.count)
        }
    }

    // MARK: Forgetting

    private let two = bursts([700, 100, 900, 100, 900])

    /// Of a second utterance, whether the first was remembered, and how long the silence before it was.
    @Test func theVoiceIsForgottenAfterTheSilence() throws {
        let model = try SampleModel.remembering(160)
        var verdicts: Set<Bool> = []
        for gap in stride(from: 1300, through: 1600, by: 20) {
            let samples = bursts([700, 100, gap, 100, 900])
            let found = try events(samples, model, seconds: 1)
            let alone = fingerprints(try events(samples, model, seconds: 0))
            let remembered = fingerprints(try events(samples, model))
            var silence: (begin: Int64, end: Int64) = (0, 0)
            for event in found.dropLast() {
                if case .speechStopped(let time, _) = event { silence.begin = time }
                if case .speechStarted(let time, _) = event { silence.end = time }
            }
            let isForgotten = silence.end - silence.begin >= 1_000_000
            #expect(fingerprints(found) == (isForgotten ? alone : remembered), "\(gap) ms")
            #expect(alone != remembered)
            verdicts.insert(isForgotten)
        }
        #expect(verdicts == [true, false])
    }

    @Test func withZeroSecondsNothingIsRemembered() throws {
        let found = try events(two, try SampleModel.remembering(160), seconds: 0)
        #expect(fingerprints(found) == fingerprints(try events(two, try SampleModel.int8())))
    }

    @Test func theVoiceIsForgottenWhenAsked() throws {
        let model = try SampleModel.remembering(160)
        var recognizer = try recognizer(model)
        let first = process(Array(two[..<24_000]), by: &recognizer)
        recognizer.forgetVoice()
        let second = process(Array(two[24_000...]), by: &recognizer)
        #expect(fingerprints(first).count == 1)
        #expect(
            fingerprints(first + second) == fingerprints(try events(two, model, seconds: 0))
        )
    }

    @Test func anotherModelBeginsWithNothingRemembered() throws {
        let model = try SampleModel.remembering(160)
        var recognizer = try recognizer(model)
        var found = process(Array(two[..<24_000]), by: &recognizer)
        recognizer.adopt(try PreparedModel(model))
        let hasAdopted = recognizer.hasAdopted
        #expect(hasAdopted)
        found += process(Array(two[24_000...]), by: &recognizer)
        #expect(fingerprints(found) == fingerprints(try events(two, model, seconds: 0)))
    }

    @Test func aBreakOfTheStreamForgetsNothing() throws {
        let model = try SampleModel.remembering(160)
        var recognizer = try recognizer(model)
        var found = process(Array(two[..<24_000]), by: &recognizer)
        recognizer.finish()
        found += recognizer.events
        found += process(Array(two[24_000...]), by: &recognizer)
        #expect(fingerprints(found) == fingerprints(try events(two, model)))
    }

    /// As for a list of recordings of one speaker.
    @Test func anotherRecogniserGoesOnWithTheVoice() throws {
        let model = try SampleModel.remembering(160)
        let recordings = [bursts([700, 100, 900]), bursts([500, 120, 900])]
        var memory = VoiceMemory(for: model.manifest)
        var found: [UInt64] = []
        for samples in recordings {
            var recognizer = try recognizer(model)
            recognizer.exchangeVoiceMemory(with: &memory)
            found += fingerprints(process(samples, by: &recognizer))
            recognizer.exchangeVoiceMemory(with: &memory)
        }
        let rows = try recordings.map { try segments($0, model).flatMap { $0 } }
        #expect(memory.frameCount == rows[0].count + rows[1].count)
        let options = model.manifest.frontEnd
        #expect(
            found == [
                fingerprint(normalized(rows[0], with: [], options)),
                fingerprint(normalized(rows[1], with: rows[0], options)),
            ]
        )
    }
}
