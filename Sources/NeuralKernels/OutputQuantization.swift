import FixedPointMath

/// How the integers of an operator's result are stored.
public struct OutputQuantization: Sendable {
    /// The stored integer that means zero, −128 … 127.
    public var zeroPoint: Int32
    /// The lowest stored integer after the activation function.
    public var minimum: Int32
    /// The highest stored integer after the activation function.
    public var maximum: Int32

    /// Describes a result by its zero point and its clamp limits.
    public init(zeroPoint: Int32, minimum: Int32 = -128, maximum: Int32 = 127) {
        self.zeroPoint = zeroPoint
        self.minimum = minimum
        self.maximum = maximum
    }
}

extension OutputQuantization {
    /// Requantises an accumulator, adds the zero point and clamps to the limits.
    ///
    /// - Overflow: the zero point is added to less than 2^31 − 2^7 for every scale below 1; larger
    ///   factors wrap.
    @inline(__always)
    func store(_ accumulator: Int32, _ factor: QuantizedMultiplier) -> Int8 {
        clampToInt8(
            zeroPoint
                &+ requantize(accumulator, multiplier: factor.multiplier, shift: factor.shift),
            minimum: minimum,
            maximum: maximum
        )
    }
}
