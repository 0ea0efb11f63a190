import ModelDescription
public import ModelFile

/// Removes the mean error of the logits.
///
/// Rounding and clipping in all layers shift the logits by a little that is nearly the same for
/// every clip; the bias of the last layer takes it back.
///
/// - Source: Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction
///   (2019), section 4.2, with measured means and for the last layer alone.
public struct LogitCorrection {
    private let model: Model
    private let reference: FloatNetwork
    private let trace: IntegerTrace
    private var errors: [Double]
    private var clipCount = 0

    /// Prepares a correction.
    ///
    /// - Parameter reference: the fused network of the quantiser that made `model`.
    public init(of model: Model, against reference: FloatNetwork) {
        self.model = model
        self.reference = reference
        trace = IntegerTrace(model)
        errors = Array(repeating: 0, count: model.manifest.labels.count)
    }

    /// Measures the error of one clip.
    public mutating func observe(_ clip: CalibrationClip) {
        let expected = reference.logits(features: clip.features, frameCount: clip.frameCount)
        let (_, found) = trace.run(features: clip.features, frameCount: clip.frameCount)
        let logits = found[found.count - 1].reals
        for label in errors.indices { errors[label] += logits[label] - Double(expected[label]) }
        clipCount += 1
    }

    /// The model with corrected logits; the same model if its last node has no bias of its own.
    ///
    /// - Throws: `rejected` if a bias leaves the limits of the format.
    public func correctedModel() throws(QuantizationError) -> Model {
        guard let last = model.manifest.graph.nodes.last, let output = last.output,
            last.operation.activation == .none, clipCount > 0,
            case .int32(var biases) = model.tensors["\(last.name).bias"]?.elements
        else { return model }
        let multipliers = model.int32("\(last.name).multiplier")
        let shifts = model.int32("\(last.name).shift")
        for label in biases.indices {
            let factor = FixedPointScale(multiplier: multipliers[label], shift: shifts[label])
            let steps = errors[label] / Double(clipCount) / output.scale
            if factor.real > 0 { biases[label] -= Int32((steps / factor.real).rounded()) }
        }
        var tensors = model.tensors
        tensors["\(last.name).bias"] = Tensor(shape: [biases.count], .int32(biases))
        do {
            return try Model(
                manifest: model.manifest,
                frontEndTables: model.frontEndTables,
                tensors: tensors
            )
        } catch {
            throw .rejected(error)
        }
    }
}
