import FixedPointMath

/// Bits that both inputs of an addition are shifted left by before they are scaled.
private let leftShift: Int32 = 20

/// The factors of an addition of two activations with scales of their own.
public struct AdditionQuantization: Sendable {
    /// The stored integer of the first input that means zero.
    public var firstZeroPoint: Int32
    /// The scale of the first input over twice the greater input scale.
    public var firstFactor: QuantizedMultiplier
    /// The stored integer of the second input that means zero.
    public var secondZeroPoint: Int32
    /// The scale of the second input over twice the greater input scale.
    public var secondFactor: QuantizedMultiplier
    /// Twice the greater input scale over 2^20 times the output scale.
    public var outputFactor: QuantizedMultiplier

    /// Describes an addition by its factors and the zero points of its inputs.
    public init(
        firstZeroPoint: Int32,
        firstFactor: QuantizedMultiplier,
        secondZeroPoint: Int32,
        secondFactor: QuantizedMultiplier,
        outputFactor: QuantizedMultiplier
    ) {
        self.firstZeroPoint = firstZeroPoint
        self.firstFactor = firstFactor
        self.secondZeroPoint = secondZeroPoint
        self.secondFactor = secondFactor
        self.outputFactor = outputFactor
    }
}

/// Adds two activations element by element.
///
/// - Shape: `first` and `second` of one count, `output` at least as long.
/// - Format: Int8, each with its own scale and zero point.
/// - Range: factors at most 1.
/// - Overflow: |x − zp| stays below 2^8, shifted by 20 below 2^28; the scaled inputs are no
///   greater, their sum stays below 2^29.
/// - Source: LiteRT `reference_integer_ops::Add`.
@_lifetime(output: copy output)
public func addition(
    first: Span<Int8>,
    second: Span<Int8>,
    parameters: AdditionQuantization,
    output: inout MutableSpan<Int8>,
    quantization: OutputQuantization
) {
    let count = first.count
    precondition(second.count == count && output.count >= count)
    for i in 0..<count {
        let a = (Int32(first[i]) &- parameters.firstZeroPoint) &<< leftShift
        let b = (Int32(second[i]) &- parameters.secondZeroPoint) &<< leftShift
        let sum =
            requantize(
                a,
                multiplier: parameters.firstFactor.multiplier,
                shift: parameters.firstFactor.shift
            )
            &+ requantize(
                b,
                multiplier: parameters.secondFactor.multiplier,
                shift: parameters.secondFactor.shift
            )
        output[i] = quantization.store(sum, parameters.outputFactor)
    }
}
