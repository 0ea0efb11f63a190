import ModelDescription

extension Operation {
    /// The function that the operation ends with.
    var activation: Activation {
        switch self {
        case .conv2d(_, _, let activation), .depthwiseConv2d(_, _, let activation),
            .fullyConnected(_, let activation), .maxPool2d(_, let activation),
            .averagePool2d(_, let activation), .add(let activation, _):
            activation
        case .relu: .relu
        case .relu6: .relu6
        case .batchNorm, .globalMeanPool, .meanDeviationPool, .concatenate, .reshape: .none
        }
    }

    /// The operation with the integer factors that follow from real scales.
    ///
    /// - Source: `Documentation/ModelFormat.md`, section 5; for `add` LiteRT's ADD.
    func quantized(inputScales: [Double], outputScale: Double) -> Operation {
        let factor = inputScales[0] / outputScale
        let scale = FixedPointScale(nearestTo: factor)
        switch self {
        case .globalMeanPool(let axes, _):
            return .globalMeanPool(axes, scale)
        case .meanDeviationPool(let axes, _):
            // The engine computes the deviation in Q16 of input steps.
            let deviation = FixedPointScale(nearestTo: factor / 65536)
            return .meanDeviationPool(axes, .init(mean: scale, deviation: deviation))
        case .add(let activation, _):
            let common = 2 * max(inputScales[0], inputScales[1])
            let shifted = Double(sign: .plus, exponent: AddScales.leftShift, significand: 1)
            return .add(
                activation,
                .init(
                    first: FixedPointScale(nearestTo: inputScales[0] / common),
                    second: FixedPointScale(nearestTo: inputScales[1] / common),
                    output: FixedPointScale(nearestTo: common / (shifted * outputScale))
                )
            )
        case .relu: return .relu(scale)
        case .relu6: return .relu6(scale)
        default: return self
        }
    }
}

extension ActivationQuantization {
    /// The same with the clamp limits of an activation: the images of 0 and of 6.
    package func clamped(to activation: Operation.Activation) -> ActivationQuantization {
        var clamped = self
        if activation != .none { clamped.minimum = zeroPoint }
        if activation == .relu6 {
            let six = Double(zeroPoint) + (6 / scale).rounded()
            clamped.maximum = Int32(min(six, 127))
        }
        return clamped
    }
}
