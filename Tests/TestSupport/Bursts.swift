/// Synthetic audio: bursts of a wandering square wave in faint noise, from a linear congruential
/// generator (Numerical Recipes' constants).
///
/// - Parameter milliseconds: durations of silence and burst in turn.
public func bursts(_ milliseconds: [Int], rate: Int = 16_000, channels: Int = 1) -> [Int16] {
    var state: UInt32 = 7
    var samples: [Int16] = []
    for (index, duration) in milliseconds.enumerated() {
        for position in 0..<(duration * rate / 1000) {
            state = state &* 1_664_525 &+ 1_013_904_223
            let noise = Int32(state >> 16) % 7 - 3
            let period = 40 * rate / 16_000 + position % 17
            let sign: Int32 = (position / period) % 2 == 0 ? 1 : -1
            let tone: Int32 = index % 2 == 1 ? sign * 2000 : 0
            for _ in 0..<channels { samples.append(Int16(noise + tone)) }
        }
    }
    return samples
}
