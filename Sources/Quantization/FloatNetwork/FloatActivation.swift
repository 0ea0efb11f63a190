public import ModelDescription

/// An activation in full precision: `[time, frequency, channels]`, channels contiguous.
public struct FloatActivation: Equatable, Sendable {
    /// Its extents.
    public let shape: TensorShape
    /// Its values.
    public internal(set) var values: [Float]

    /// Makes an activation.
    ///
    /// - Range: the number of values is that of the shape.
    public init(shape: TensorShape, values: [Float]) {
        precondition(values.count == shape.count, "shape and values must agree")
        self.shape = shape
        self.values = values
    }

    init(shape: TensorShape) {
        self.shape = shape
        values = Array(repeating: 0, count: shape.count)
    }

    /// Applies the function that an operation ends with.
    mutating func apply(_ activation: Operation.Activation) {
        switch activation {
        case .none: break
        case .relu: for index in values.indices { values[index] = max(values[index], 0) }
        case .relu6: for index in values.indices { values[index] = min(max(values[index], 0), 6) }
        }
    }

    /// Rounds every value to the nearest Int8 step.
    mutating func round(to range: ActivationRange) {
        let (scale, zeroPoint) = range.quantization
        let step = Float(scale)
        let lowest = Float(-128 - zeroPoint)
        let highest = Float(127 - zeroPoint)
        for index in values.indices {
            values[index] = min(max((values[index] / step).rounded(), lowest), highest) * step
        }
    }
}
