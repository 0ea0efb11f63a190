extension SampleEncoding {
    /// Converts stored samples to Int16: rounded half up, saturated, by integer arithmetic alone.
    ///
    /// - Shape: `bytes` [n · byteCount], `samples` at least [n]; samples behind n stay untouched.
    /// - Format: Q15 out; unsigned8 Q7 offset by 128, signed24 Q23, signed32 Q31, float32 ±1.
    /// - Range: every bit pattern; a float that is no number becomes 0, an infinite one saturates.
    /// - Overflow: integers lose 15 bits before half a unit is added.
    @_lifetime(samples: copy samples)
    public func decode(_ bytes: Span<UInt8>, into samples: inout MutableSpan<Int16>) {
        let count = bytes.count / byteCount
        precondition(bytes.count == count * byteCount && samples.count >= count)
        switch self {
        case .unsigned8:
            for index in 0..<count {
                samples[index] = (Int16(bytes[index]) &- 128) &<< 8
            }
        case .signed16:
            unsafe bytes.withUnsafeBytes { stored in
                unsafe Self.decode16(stored, into: &samples)
            }
        case .signed24:
            for index in 0..<count {
                let word = Self.word(
                    bytes[3 &* index],
                    bytes[3 &* index &+ 1],
                    bytes[3 &* index &+ 2],
                    0
                )
                samples[index] = Self.rounded(Int32(bitPattern: word &<< 8))
            }
        case .signed24In32:
            for index in 0..<count {
                let word = Self.word(
                    bytes[4 &* index],
                    bytes[4 &* index &+ 1],
                    bytes[4 &* index &+ 2],
                    0
                )
                samples[index] = Self.rounded(Int32(bitPattern: word &<< 8))
            }
        case .signed32:
            unsafe bytes.withUnsafeBytes { stored in
                unsafe Self.decode32(stored, into: &samples)
            }
        case .float32:
            for index in 0..<count {
                let word = Self.word(
                    bytes[4 &* index],
                    bytes[4 &* index &+ 1],
                    bytes[4 &* index &+ 2],
                    bytes[4 &* index &+ 3]
                )
                samples[index] = Self.fixedPoint(floatBits: word)
            }
        }
    }

    private static func decode16(
        _ stored: UnsafeRawBufferPointer,
        into samples: inout MutableSpan<Int16>
    ) {
        let count = stored.count / 2
        precondition(samples.count >= count)
        guard let first = stored.baseAddress else { return }
        for index in 0..<count {
            // Sound: one of `count` words. Loads that check each word are not made into vectors.
            let word = unsafe (first + 2 &* index).loadUnaligned(as: Int16.self)
            samples[index] = Int16(littleEndian: word)
        }
    }

    private static func decode32(
        _ stored: UnsafeRawBufferPointer,
        into samples: inout MutableSpan<Int16>
    ) {
        let count = stored.count / 4
        precondition(samples.count >= count)
        guard let first = stored.baseAddress else { return }
        for index in 0..<count {
            // Sound: as above.
            let word = unsafe (first + 4 &* index).loadUnaligned(as: Int32.self)
            samples[index] = rounded(Int32(littleEndian: word))
        }
    }

    private static func word(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt32 {
        UInt32(a) | UInt32(b) &<< 8 | UInt32(c) &<< 16 | UInt32(d) &<< 24
    }

    /// `value / 2^16` to the nearest integer, halves up, saturated.
    private static func rounded(_ value: Int32) -> Int16 {
        Int16(truncatingIfNeeded: min((value &>> 15 &+ 1) &>> 1, 32_767))
    }

    /// An IEEE 754 single in ±1 as Q15, read from its bits so that every machine agrees.
    ///
    /// The magnitude is m · 2^(e − 150) with a 24-bit m, hence m · 2^(e − 135) in Q15.
    private static func fixedPoint(floatBits: UInt32) -> Int16 {
        let exponent = Int64(floatBits &>> 23 & 0xFF)
        let fraction = floatBits & 0x7F_FFFF
        let isNegative = floatBits &>> 31 == 1
        if exponent == 0xFF && fraction != 0 { return 0 }
        // From 2^0 on the value saturates, except −1 itself, which is the lowest sample anyway.
        if exponent >= 127 { return isNegative ? .min : .max }
        let shift = 135 &- exponent
        // Below a quarter of a step; this covers zero and the subnormal numbers.
        if shift > 25 { return 0 }
        let magnitude = Int64(fraction | 0x80_0000)
        let value = isNegative ? -magnitude : magnitude
        return Int16(clamping: (value &+ 1 &<< (shift &- 1)) &>> shift)
    }
}
