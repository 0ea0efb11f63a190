/// Sound that is the same on every machine: a quiet room, and a voice made of numbers.
///
/// The voice is a pulse train through three resonances that glide from vowel to vowel. It means
/// nothing, but gate, speech detector and network do with it what they do with speech.
package enum BenchmarkSound {
    /// 16 kHz.
    package static let sampleRate = 16_000
    private static let syllableLength = 3200
    /// Samples of the glide from one vowel to the next, in eighths of what is left.
    private static let glideLength = 64
    /// Where the glottis closes, in 64ths of a period.
    private static let openPhase = 20

    /// The resonances of five vowels, 2 · r · cos(2π · f / 16,000) in Q14 with the r of 90 Hz of
    /// bandwidth, exp(−π · 90 / 16,000).
    ///
    /// - Source: the formants of men in Peterson and Barney, "Control methods used in a study of the
    ///   vowels", 1952: 730 1090 2440, 270 2290 3010, 530 1840 2480, 570 840 2410, 300 870 2240 Hz.
    package static let vowels: [[Int]] = [
        [30_880, 29_289, 18_512],
        [32_013, 20_030, 12_203],
        [31_499, 24_149, 18_096],
        [31_391, 30_458, 18_821],
        [31_971, 30_333, 20_521],
    ]
    /// r² in Q14.
    package static let decay = 15_815

    /// Noise of a quiet microphone: −82 dB below full scale, under every gate.
    package static func room(seconds: Int) -> [Int16] {
        var noise = RoomNoise()
        return (0..<seconds * sampleRate).map { _ in Int16(noise.next()) }
    }

    /// A voice without a pause, in the same room.
    package static func voice(seconds: Int) -> [Int16] {
        var noise = RoomNoise()
        var phase = 0
        var resonances = vowels[0]
        var memory = [(last: Int, earlier: Int)](repeating: (0, 0), count: resonances.count)
        return (0..<seconds * sampleRate).map { index in
            // The pitch goes from 110 Hz to 170 and back in a second.
            let fall = abs(index % sampleRate - sampleRate / 2)
            phase = (phase + 170 - 120 * fall / sampleRate) % sampleRate
            let place = index % syllableLength
            if index % glideLength == 0 {
                let vowel = vowels[index / syllableLength * 3 % vowels.count]
                for (number, target) in vowel.enumerated() {
                    resonances[number] += (target - resonances[number]) / 8
                }
            }
            // Loud in the middle of a syllable, 20 dB less at its ends.
            let edge = min(place, syllableLength - place)
            let loudness = 100 + 900 * min(6000 * edge / syllableLength, 1000) / 1000
            let position = phase * 64 / sampleRate
            let pulse = position < openPhase ? 2 * position - openPhase : 0
            var value = pulse * loudness * 24 / 1000
            for number in memory.indices {
                let (last, earlier) = memory[number]
                let next = value + (resonances[number] * last - decay * earlier) >> 14
                memory[number] = (next, last)
                value = next >> 2
            }
            return Int16(clamping: value + noise.next())
        }
    }

    /// Whole numbers from −4 to 4, from a linear congruential generator (Numerical Recipes' constants).
    private struct RoomNoise {
        private var state: UInt32 = 7

        mutating func next() -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 16) % 9 - 4
        }
    }
}
