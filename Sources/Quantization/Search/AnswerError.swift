import ModelFile

/// Measures how far the logits of an int8 model are from those of full precision.
///
/// What all logits of a clip have in common says nothing about the label and is taken out.
struct AnswerError {
    private(set) var signalToNoise = SignalToNoise()

    mutating func add(expected: [Float], found: [Double]) {
        let expected = Self.centred(expected.map(Double.init))
        for (real, other) in zip(expected, Self.centred(found)) {
            signalToNoise.add(expected: real, found: other)
        }
    }

    /// Runs an int8 model over clips.
    ///
    /// - Parameter expected: logits of the full-precision model for each clip.
    static func measured(
        _ model: Model,
        _ clips: [CalibrationClip],
        expected: [[Float]]
    ) -> SignalToNoise {
        var error = AnswerError()
        let trace = IntegerTrace(model)
        for (clip, logits) in zip(clips, expected) {
            let (_, found) = trace.run(features: clip.features, frameCount: clip.frameCount)
            error.add(expected: logits, found: found[found.count - 1].reals)
        }
        return error.signalToNoise
    }

    private static func centred(_ logits: [Double]) -> [Double] {
        let mean = logits.reduce(0, +) / Double(logits.count)
        return logits.map { $0 - mean }
    }
}
