import ModelDescription
public import ModelFile

/// Quantises a model in several ways and keeps the one whose answers are nearest to full precision.
///
/// 1. With and without `ChannelEqualization`, `Quantizer` calibrates on the clips of `fitting`.
/// 2. Each way to choose ranges gives an int8 model; all are measured on the clips of `choosing`,
///    which calibration never sees.
/// 3. The best of them goes on with each way to correct biases, measured on the same clips.
public struct QuantizationSearch {
    /// Most clips that correct the biases of layers, spread evenly: each clip runs once a layer.
    private static let correctionLimit = 48

    /// What a search found.
    public struct Result {
        /// The int8 model.
        public let model: Model
        /// The network of the quantiser that made it, equal to the source in full precision.
        public let reference: FloatNetwork
        /// How the range of each activation was chosen, the features first.
        public let methods: [RangeMethod]
        /// All that was tried, in order; the last of the best is the result.
        public let trials: [QuantizationTrial]
        /// The trial that gave the model.
        public let winner: QuantizationTrial
    }

    private struct Candidate {
        let trial: QuantizationTrial
        let model: Model
        let reference: FloatNetwork
        let methods: [RangeMethod]
    }

    private let source: Model
    private let fitting: [CalibrationClip]
    private let choosing: [CalibrationClip]
    private let choices: QuantizationChoices
    private var trials: [QuantizationTrial] = []

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - fitting: give ranges and biases.
    ///   - choosing: decide between the trials; empty is only of use where nothing is to choose.
    public init(
        _ source: Model,
        fitting: [CalibrationClip],
        choosing: [CalibrationClip],
        choices: QuantizationChoices
    ) {
        self.source = source
        self.fitting = fitting
        self.choosing = choosing
        self.choices = choices
    }

    /// Tries what is left to choose.
    ///
    /// - Parameters:
    ///   - provenance: of the result.
    ///   - progress: called with a description before each step.
    /// - Throws: as `GraphFusion.fuse`; `noCalibration`, `notFinite`, `rejected`.
    public mutating func run(
        provenance: Provenance,
        progress: (String) -> Void
    ) throws(QuantizationError) -> Result {
        let fused = try GraphFusion.fuse(source)
        let expected = try logits(of: fused)
        var best: Candidate?
        for isEqualized in choices.equalization.map({ [$0] }) ?? [false, true] {
            progress("calibrating" + (isEqualized ? ", equalised" : ""))
            var model = fused
            if isEqualized { model = try equalized(fused) }
            let quantizer = try calibrated(model)
            for ranges in choices.ranges.map({ [$0] }) ?? QuantizationChoices.Ranges.all {
                progress("ranges by \(ranges.rawValue)")
                let chosen = try activationRanges(ranges, quantizer)
                let model = try quantizer.quantizedModel(ranges: chosen, provenance: provenance)
                let trial = QuantizationTrial(
                    ranges: ranges,
                    isEqualized: isEqualized,
                    correction: .none,
                    signalToNoise: AnswerError.measured(model, choosing, expected: expected)
                )
                trials.append(trial)
                let candidate = Candidate(
                    trial: trial,
                    model: model,
                    reference: quantizer.reference,
                    methods: chosen.methods
                )
                best = Self.better(best, candidate)
            }
        }
        guard let uncorrected = best else { throw .noCalibration }
        return try corrected(uncorrected, expected, progress)
    }

    private mutating func corrected(
        _ uncorrected: Candidate,
        _ expected: [[Float]],
        _ progress: (String) -> Void
    ) throws(QuantizationError) -> Result {
        var best: Candidate?
        for correction in choices.correction.map({ [$0] })
            ?? QuantizationChoices.Correction.allCases
        {
            var candidate = uncorrected
            if correction != .none {
                progress("correcting \(correction.rawValue)")
                let model = try corrected(uncorrected, correction)
                let trial = QuantizationTrial(
                    ranges: uncorrected.trial.ranges,
                    isEqualized: uncorrected.trial.isEqualized,
                    correction: correction,
                    signalToNoise: AnswerError.measured(model, choosing, expected: expected)
                )
                trials.append(trial)
                candidate = Candidate(
                    trial: trial,
                    model: model,
                    reference: uncorrected.reference,
                    methods: uncorrected.methods
                )
            }
            best = Self.better(best, candidate)
        }
        guard let best else { preconditionFailure("there is at least one way to correct") }
        return Result(
            model: best.model,
            reference: best.reference,
            methods: best.methods,
            trials: trials,
            winner: best.trial
        )
    }

    private static func better(_ best: Candidate?, _ other: Candidate) -> Candidate {
        guard let best else { return other }
        return other.trial.signalToNoise.isBetter(than: best.trial.signalToNoise) ? other : best
    }

    private func logits(of fused: Model) throws(QuantizationError) -> [[Float]] {
        let network = try FloatNetwork(fused)
        return choosing.map { network.logits(features: $0.features, frameCount: $0.frameCount) }
    }

    private func equalized(_ model: Model) throws(QuantizationError) -> Model {
        let network = try FloatNetwork(model)
        var peaks = ChannelPeaks()
        for clip in fitting { peaks.add(clip, in: network) }
        guard !peaks.peaks.isEmpty else { throw .noCalibration }
        return try ChannelEqualization.equalized(model, peaks: peaks.peaks)
    }

    private func calibrated(_ model: Model) throws(QuantizationError) -> Quantizer {
        var quantizer = try Quantizer(model)
        for clip in fitting { try quantizer.calibrate(clip) }
        return quantizer
    }

    private func activationRanges(
        _ ranges: QuantizationChoices.Ranges,
        _ quantizer: Quantizer
    ) throws(QuantizationError) -> ActivationRanges {
        switch ranges {
        case .uniform(let method):
            return try quantizer.ranges(method)
        case .layerwise:
            var layerwise = try LayerwiseRanges(quantizer)
            for clip in choosing { layerwise.observe(clip) }
            return layerwise.best
        }
    }

    private func corrected(
        _ candidate: Candidate,
        _ correction: QuantizationChoices.Correction
    ) throws(QuantizationError) -> Model {
        var model = candidate.model
        if correction == .layers {
            let count = min(fitting.count, Self.correctionLimit)
            let clips = (0..<count).map { fitting[$0 * fitting.count / count] }
            model = try BiasCorrection(against: candidate.reference, clips: clips)
                .corrected(model)
        }
        var logits = LogitCorrection(of: model, against: candidate.reference)
        for clip in fitting { logits.observe(clip) }
        return try logits.correctedModel()
    }
}
