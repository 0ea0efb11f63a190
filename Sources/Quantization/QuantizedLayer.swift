import ModelDescription
import ModelFile

/// Int8 weights of one node, with Int32 bias and the requantisation of every output channel.
///
/// - Source: LiteRT 8-bit quantisation specification: symmetric weights per channel, −127 … 127,
///   bias with the product of input and weight scale.
package struct QuantizedLayer {
    /// Bias may take this much of the accumulator; the rest is for the products.
    private static let biasLimit = 0x1p29

    private let weight: Tensor
    /// Bias in accumulator steps.
    package private(set) var bias: [Int32] = []
    /// Mantissas of the requantisation.
    package private(set) var multiplier: [Int32] = []
    /// Exponents of the requantisation.
    package private(set) var shift: [Int32] = []

    /// Quantises the weights of a node.
    ///
    /// - Parameter channelIsLast: how `weights` are ordered: [.., channel] or [channel, ..].
    package init(
        weights: [Float],
        shape: [Int],
        bias realBias: [Float],
        channelIsLast: Bool,
        inputScale: Double,
        outputScale: Double
    ) {
        let channelCount = realBias.count
        let fanIn = weights.count / channelCount
        var greatest = [Double](repeating: 0, count: channelCount)
        func channel(_ index: Int) -> Int { channelIsLast ? index % channelCount : index / fanIn }
        for (index, value) in weights.enumerated() {
            greatest[channel(index)] = max(greatest[channel(index)], Double(abs(value)))
        }
        var scales: [Double] = []
        for index in 0..<channelCount {
            // A channel with tiny weights gets coarser ones, so that its bias fits.
            let forBias = Double(abs(realBias[index])) / (inputScale * Self.biasLimit)
            let scale = max(greatest[index] / 127, forBias)
            scales.append(scale > 0 ? scale : 1)
        }
        var quantized = [Int8](repeating: 0, count: weights.count)
        for (index, value) in weights.enumerated() {
            let step = (Double(value) / scales[channel(index)]).rounded()
            quantized[index] = Int8(min(max(step, -127), 127))
        }
        weight = Tensor(shape: shape, .int8(quantized))
        for index in 0..<channelCount {
            let accumulatorScale = inputScale * scales[index]
            bias.append(Int32((Double(realBias[index]) / accumulatorScale).rounded()))
            let factor = FixedPointScale(nearestTo: accumulatorScale / outputScale)
            multiplier.append(factor.multiplier)
            shift.append(factor.shift)
        }
    }

    /// The tensors of the node in the model file.
    func tensors(of node: String) -> [String: Tensor] {
        [
            "\(node).weight": weight,
            "\(node).bias": Tensor(shape: [bias.count], .int32(bias)),
            "\(node).multiplier": Tensor(shape: [multiplier.count], .int32(multiplier)),
            "\(node).shift": Tensor(shape: [shift.count], .int32(shift)),
        ]
    }
}
