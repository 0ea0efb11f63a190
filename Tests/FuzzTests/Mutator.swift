/// Damages inputs in the ways that find faults in parsers; the same seed gives the same inputs.
struct Mutator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// One of the seeds with one to eight damages.
    mutating func input(from seeds: [[UInt8]], tokens: [[UInt8]]) -> [UInt8] {
        var bytes = seeds[Int.random(in: 0..<seeds.count, using: &self)]
        for _ in 0..<Int.random(in: 1...8, using: &self) {
            damage(&bytes, seeds, tokens)
        }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8], _ seeds: [[UInt8]], _ tokens: [[UInt8]]) {
        let place = Int.random(in: 0...bytes.count, using: &self)
        let length = Int.random(in: 0...min(64, bytes.count - place), using: &self)
        switch Int.random(in: 0..<8, using: &self) {
        case 0 where place < bytes.count:
            bytes[place] = UInt8.random(in: 0...255, using: &self)
        case 1 where place < bytes.count:
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
        case 2: bytes.removeSubrange(place..<(place + length))
        case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
        case 4: bytes.removeSubrange(place...)
        case 5:
            bytes.insert(
                contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &self)],
                at: place
            )
        case 6 where place + 8 <= bytes.count:
            // Lengths and counts: the borders of their types.
            let values: [UInt64] = [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF, .max, 1 << 63, 0x8000]
            var value = values[Int.random(in: 0..<values.count, using: &self)]
            for offset in 0..<8 {
                bytes[place + offset] = UInt8(truncatingIfNeeded: value)
                value >>= 8
            }
        default:
            let other = seeds[Int.random(in: 0..<seeds.count, using: &self)]
            bytes.append(contentsOf: other.prefix(length))
        }
    }
}
