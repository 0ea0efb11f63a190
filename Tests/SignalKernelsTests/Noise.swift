/// A reproducible source of numbers: a 64-bit linear congruential generator (Knuth's constants).
struct Noise: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }

    mutating func next(_ limit: Int32) -> Int32 {
        Int32.random(in: -limit...limit, using: &self)
    }

    mutating func samples(_ count: Int, limit: Int16 = .max) -> [Int16] {
        (0..<count).map { _ in Int16.random(in: -limit...limit, using: &self) }
    }
}
