import Testing
import VoiceActivity

/// Synthetic rooms: noise of a known level with bursts of a tone.
@Suite struct SpeechGateTests {
    /// Noise from a linear congruential generator (Numerical Recipes' constants).
    private struct Room {
        var state: UInt32 = 1
        var samples: [Int16] = []

        mutating func add(milliseconds: Int, noise: Int32, tone: Int32 = 0, rate: Int = 16_000) {
            for index in 0..<(milliseconds * rate / 1000) {
                state = state &* 1_664_525 &+ 1_013_904_223
                let random = Int32(state >> 16) % (2 * noise + 1) - noise
                // A square wave of about 400 Hz carries its amplitude as its level.
                let sign: Int32 = (index / 20) % 2 == 0 ? 1 : -1
                samples.append(Int16(clamping: random + sign * tone))
            }
        }
    }

    private struct Segment: Equatable {
        var begin: Int64
        var end: Int64
        var passed: [Int16]
    }

    private func segments(
        _ samples: [Int16],
        chunk: Int = 1000,
        preRoll: Int = 3200,
        options: EnergyGateOptions? = EnergyGateOptions()
    ) -> [Segment] {
        var gate = SpeechGate(
            sampleRate: 16_000,
            channelCount: 1,
            preRoll: preRoll,
            options: options
        )
        var segments: [Segment] = []
        var position = 0
        while position < samples.count {
            let chunkEnd = min(position + chunk, samples.count)
            position += gate.push(samples[position..<chunkEnd].span)
            guard gate.isBlockReady else { continue }
            let step = gate.step()
            let passed = Array(gate.passed[0..<gate.passedCount])
            switch step {
            case .closed: #expect(passed.isEmpty)
            case .opened:
                segments.append(
                    Segment(
                        begin: gate.position - Int64(passed.count),
                        end: gate.position,
                        passed: passed
                    )
                )
            case .open, .closing:
                segments[segments.count - 1].end = gate.position
                segments[segments.count - 1].passed += passed
            }
        }
        return segments
    }

    @Test func passesABurstWithItsPreRollAndHangover() throws {
        var room = Room()
        room.add(milliseconds: 2000, noise: 10)
        room.add(milliseconds: 1000, noise: 10, tone: 1000)
        room.add(milliseconds: 2000, noise: 10)
        let found = segments(room.samples)
        try #require(found.count == 1)
        #expect(found[0].begin == 32_000 - 3200)
        #expect(found[0].end == 48_000 + 40 * 160)
        #expect(found[0].passed == Array(room.samples[Int(found[0].begin)..<Int(found[0].end)]))
    }

    @Test func passesTheSameHoweverSamplesAreCut() {
        var room = Room()
        for burst in 0..<6 {
            room.add(milliseconds: 700, noise: 10)
            room.add(milliseconds: 300, noise: 10, tone: Int32(100 << burst))
        }
        let whole = segments(room.samples, chunk: room.samples.count)
        #expect(!whole.isEmpty)
        for chunk in [1, 7, 159, 160, 161, 4096] {
            #expect(segments(room.samples, chunk: chunk) == whole)
        }
    }

    @Test func staysClosedInSilenceAndSteadyNoise() {
        #expect(segments(Array(repeating: 0, count: 64_000)).isEmpty)
        #expect(segments(Array(repeating: 12_345, count: 64_000)).isEmpty)
        var room = Room()
        room.add(milliseconds: 5000, noise: 5)
        #expect(segments(room.samples).isEmpty)
    }

    @Test func clicksPassBy() {
        var room = Room()
        room.add(milliseconds: 1000, noise: 10)
        room.add(milliseconds: 30, noise: 10, tone: 8000)
        room.add(milliseconds: 1000, noise: 10)
        #expect(segments(room.samples).isEmpty)
    }

    /// A fan that starts opens the gate; once it is the floor the gate closes and speech above it
    /// opens it again.
    @Test func steadyNoiseBecomesTheFloor() throws {
        var room = Room()
        room.add(milliseconds: 2000, noise: 10)
        room.add(milliseconds: 8000, noise: 800)
        room.add(milliseconds: 1000, noise: 800, tone: 8000)
        room.add(milliseconds: 1000, noise: 800)
        let found = segments(room.samples)
        try #require(found.count == 2)
        #expect(found[0].end < 16_000 * 6)
        #expect(found[1].begin < 16_000 * 10 && found[1].begin >= 16_000 * 10 - 3200)
    }

    @Test func opensForQuietSpeechInAQuietRoom() {
        var room = Room()
        room.add(milliseconds: 500, noise: 1)
        // 32 of 32768 is 60 dB below full scale.
        room.add(milliseconds: 500, noise: 1, tone: 32)
        room.add(milliseconds: 1000, noise: 1)
        #expect(segments(room.samples).count == 1)
    }

    @Test func aGateWithoutOptionsPassesEverything() {
        var room = Room()
        room.add(milliseconds: 1000, noise: 1)
        let found = segments(room.samples, options: nil)
        #expect(found == [Segment(begin: 0, end: 16_000, passed: room.samples)])
    }

    @Test func levelsAreInTenthsOfADecibel() {
        #expect(Level.tenthsOfDecibel(30 << 20) == 0)
        #expect(Level.tenthsOfDecibel(29 << 20) == -30)
        #expect(Level.tenthsOfDecibel(10 << 20) == -602)
    }
}
