import Foundation

/// A voice made of formulas, for tests that need the dynamics of speech and no corpus: a gliding
/// pulse train through three moving resonances, bursts of noise, and room noise.
enum SyntheticSpeech {
    static func samples(seconds: Double, decibels: Double) -> [Int16] {
        let count = Int(seconds * 16_000)
        var state: UInt32 = 1
        func noise() -> Double {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Double(state >> 8) / Double(1 << 23) - 1
        }
        var output = [Double](repeating: 0, count: count)
        var phase = 0.0
        var memory = [(Double, Double)](repeating: (0, 0), count: 3)
        for n in 0..<count {
            let time = Double(n) / 16_000
            phase += (120 + 40 * sin(2.1 * time)) / 16_000
            let pulse = phase >= 1 ? 1.0 : 0
            phase -= pulse
            let voiced = max(0, sin(7 * time))
            let hiss = max(0, -sin(7 * time)) * 0.1
            var value = pulse * voiced + noise() * hiss
            let formants = [500 + 200 * sin(3 * time), 1500 + 500 * sin(2 * time), 3200.0]
            for (index, formant) in formants.enumerated() {
                let radius = exp(-Double.pi * 90 / 16_000)
                let (last, earlier) = memory[index]
                let angle = 2 * Double.pi * formant / 16_000
                let next = value + 2 * radius * cos(angle) * last - radius * radius * earlier
                memory[index] = (next, last)
                value = next * (1 - radius)
            }
            output[n] = value + noise() * 1e-4
        }
        let peak = output.map(abs).max() ?? 1
        let scale = 32767 * pow(10, decibels / 20) / peak
        return output.map { Int16(($0 * scale).rounded()) }
    }
}
