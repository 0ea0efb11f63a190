import Features
import FrontEndDesign
import ModelDescription
import ReferenceFeatures
import TestSupport
import Testing

/// What holds for every front end: bounds, independence of pieces, extremes, refusals.
@Suite struct FrontEndTests {
    static let optionSets: [FrontEndOptions] = [
        FrontEndOptions(),
        FrontEndOptions(
            kind: .logMel,
            frameLength: 401,
            hopLength: 163,
            fftLength: 512,
            window: .povey,
            melBinCount: 40,
            extraChannels: [.zeroCrossingRate, .rms],
            normalization: .meanVariance
        ),
        FrontEndOptions(
            frameLength: 256,
            hopLength: 256,
            fftLength: 256,
            window: .hamming,
            melScale: .slaney,
            melBinCount: 24,
            cepstralCount: 13,
            extraChannels: [.rms],
            normalization: .none
        ),
        FrontEndOptions(
            frameLength: 2048,
            hopLength: 32,
            fftLength: 2048,
            preEmphasis: 0,
            window: .rectangular,
            melNormalization: .slaney,
            melBinCount: 128,
            highFrequency: 8000,
            logFloor: -40
        ),
    ]

    @Test(arguments: optionSets)
    func framesDoNotDependOnThePieces(options: FrontEndOptions) throws {
        let samples = try FeatureVectors.signal("chirp") + FeatureVectors.signal("noise")
        let whole = try computeFrames(samples, options)
        for piece in [1, 2, 31, 256, 1000, 5000] {
            #expect(try computeFrames(samples, options, pieces: [piece]) == whole)
        }
        // Of mixed lengths, up to more than a frame.
        let mixed = (1...97).map { $0 * $0 * 7919 % 2311 + 1 }
        #expect(try computeFrames(samples, options, pieces: mixed) == whole)
    }

    @Test func resetStartsASegmentAfresh() throws {
        let options = Self.optionSets[1]
        let chirp = try FeatureVectors.signal("chirp")
        let noise = try FeatureVectors.signal("noise")
        var frontEnd = try FrontEnd(options: options, tables: FrontEndTables(designing: options))
        _ = run(&frontEnd, noise)
        frontEnd.reset()
        let second = run(&frontEnd, chirp)
        #expect(try second == computeFrames(chirp, options))
    }

    @Test(arguments: optionSets)
    func silenceIsTheFloorExactly(options: FrontEndOptions) throws {
        var options = options
        options.kind = .logMel
        options.cepstralCount = 0
        options.channelWeights = Array(repeating: 1, count: options.channelCount)
        options.outputFractionBits = 8
        let frames = try computeFrames(Array(repeating: 0, count: options.frameLength), options)
        let floor = Int16(options.logFloor * 256)
        #expect(frames.prefix(options.melBinCount).allSatisfy { $0 == floor })
        for (index, extra) in options.extraChannels.enumerated() {
            #expect(
                frames[options.melBinCount + index] == (extra == .rms ? floor / 2 : 0)
            )
        }
    }

    @Test(arguments: optionSets)
    func extremesFollowTheTwin(options: FrontEndOptions) throws {
        let length = 2 * options.frameLength
        let speech = SyntheticSpeech.samples(seconds: 1, decibels: 0).suffix(length)
        let signals: [(name: String, samples: [Int16])] = [
            ("silence", Array(repeating: 0, count: length)),
            (
                "speech, clipped by 30 dB",
                speech.map { Int16(max(-32768, min(32767, 32 * Int($0)))) }
            ),
            ("square", (0..<length).map { $0 / 25 % 2 == 0 ? 32767 : -32768 }),
            ("alternation", (0..<length).map { $0 % 2 == 0 ? 32767 : -32768 }),
            ("highest constant", Array(repeating: 32767, count: length)),
            ("lowest constant", Array(repeating: -32768, count: length)),
            ("least constant", Array(repeating: 1, count: length)),
            ("impulse", (0..<length).map { $0 == length / 3 ? -32768 : 0 }),
            ("least impulse", (0..<length).map { $0 == length / 3 ? 1 : 0 }),
            ("impulse at the edge", (0..<length).map { $0 == 0 ? 32767 : 0 }),
            ("step", (0..<length).map { $0 < length / 2 ? 0 : 32767 }),
        ]
        let twin = ReferenceFrontEnd(options: options)
        let unit = 1 / Double(1 << options.outputFractionBits)
        for signal in signals {
            let limits = -32768 * unit...32767 * unit
            let expected = twin.frames(signal.samples).map {
                min(max($0, limits.lowerBound), limits.upperBound)
            }
            let found = reals(try computeFrames(signal.samples, options), options)
            let tolerances = FrontEndTolerance(options).values(signal.samples)
            for index in expected.indices {
                #expect(
                    abs(expected[index] - found[index]) <= tolerances[index],
                    "\(signal.name), value \(index)"
                )
            }
        }
    }

    @Test(arguments: [0.0, -20, -40])
    func syntheticSpeechKeeps66Decibels(level: Double) throws {
        // 66 dB is what CMSIS-DSP asks of its 31-bit MFCC. The weights make use of Int16, as a
        // model's must: otherwise the rounding of the output would be all that is measured.
        var options = FrontEndOptions(melScale: .slaney)
        let samples = SyntheticSpeech.samples(seconds: 4, decibels: level)
        let plain = ReferenceFrontEnd(options: options).frames(samples)
        options.channelWeights = (0..<40).map { channel in
            let values = stride(from: channel, to: plain.count, by: 40).map { abs(plain[$0]) }
            return min(16, 120 / (values.max() ?? 1))
        }
        let twin = ReferenceFrontEnd(options: options)
        let expected = twin.frames(samples)
        let found = reals(try computeFrames(samples, options), options)
        let logEnergies = twin.logMelEnergies(samples)
        let rows = (0..<expected.count / 40).filter { row in
            logEnergies[row * 48..<(row + 1) * 48].allSatisfy { $0 > options.logFloor }
        }
        #expect(rows.count > 100)
        for channel in 0..<40 {
            let exact = rows.map { expected[$0 * 40 + channel] }
            let mean = exact.reduce(0, +) / Double(rows.count)
            let error = rows.map { found[$0 * 40 + channel] - expected[$0 * 40 + channel] }
            let offset = error.reduce(0, +) / Double(rows.count)
            let decibels = SignalToNoise.decibels(
                reference: exact.map { $0 - mean },
                measured: zip(exact, error).map { $0 - mean + $1 - offset }
            )
            #expect(decibels > 66, "channel \(channel)")
        }
    }

    @Test func badOptionsAndTablesAreRefused() throws {
        let options = FrontEndOptions()
        let good = FrontEndTables(designing: options)
        var broken = good
        broken.window.removeLast()
        expect(
            .wrongTableLength(table: "window", expected: 1024, found: 1023),
            options,
            broken
        )
        broken = good
        broken.melFirstBin[47] = 512
        broken.melBinCounts[47] = 2
        #expect(throws: FeaturesError.self) { try prepare(options, broken) }
        broken = good
        broken.melBinCounts[0] = Int32.max
        #expect(throws: FeaturesError.self) { try prepare(options, broken) }
        broken = good
        broken.channelWeights[3] = 1 << 25
        expect(
            .tableValueOutOfRange(
                table: "channelWeights",
                index: 3,
                expected: "-16777216 to 16777216",
                found: 1 << 25
            ),
            options,
            broken
        )
        var odd = options
        odd.fftLength = 1000
        expect(
            .optionOutOfRange(
                option: "fftLength",
                expected: "256, 512, 1024 or 2048",
                found: "1000"
            ),
            odd,
            good
        )
        odd = options
        odd.preEmphasis = .nan
        #expect(throws: FeaturesError.self) { try prepare(odd, good) }
    }

    private func prepare(_ options: FrontEndOptions, _ tables: FrontEndTables) throws {
        _ = try FrontEnd(options: options, tables: tables)
    }

    private func expect(
        _ error: FeaturesError,
        _ options: FrontEndOptions,
        _ tables: FrontEndTables
    ) {
        #expect(throws: error) { try prepare(options, tables) }
    }
}
