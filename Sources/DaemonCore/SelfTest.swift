import Inference
import ModelDescription
import ModelFile
import ModelTrust
import Recognition

/// `affectd --self-test`: reads a model with all checks and lets its network answer.
package enum SelfTest {
    /// Frames of noise that the network must tell apart.
    private static let trials = 8

    /// Checks a model file.
    ///
    /// - Returns: what was checked, in words.
    /// - Throws: `modelUnreadable`, `modelInvalid`, `selfTestFailed`.
    package static func run(_ path: String) throws(DaemonError) -> String {
        try run(LoadedModel.contents(of: path), path)
    }

    /// Checks the bytes of a model file.
    ///
    /// - Parameter path: what the file is called in messages.
    /// - Returns: what was checked, in words.
    /// - Throws: `modelInvalid`, `selfTestFailed`.
    static func run(_ bytes: [UInt8], _ path: String) throws(DaemonError) -> String {
        let loaded = try LoadedModel(reading: bytes, path: path)
        let network: Network
        do throws(InferenceError) {
            network = try Network(preparing: loaded.model)
        } catch {
            throw .selfTestFailed(path: path, error.description)
        }
        var workspace = Workspace(for: network)
        var generator = Noise()
        var answers: Set<[Int8]> = []
        for _ in 0..<trials {
            let count = network.maximumFrames * network.channelCount
            let amplitude = Int16.random(in: 16...8192, using: &generator)
            let features = (0..<count).map { _ in
                Int16.random(in: -amplitude...amplitude, using: &generator)
            }
            network.run(
                features: features.span,
                frameCount: network.maximumFrames,
                workspace: &workspace
            )
            answers.insert(workspace.logits)
        }
        guard answers.count > 1 else {
            throw .selfTestFailed(
                path: path,
                "the answer does not depend on the input; train or quantise it again"
            )
        }
        let vectors = try compare(loaded.model, path)
        let manifest = loaded.model.manifest
        return """
            model    \(manifest.name) release \(manifest.release), version \(manifest.version)
            task     \(manifest.task.rawValue): \(manifest.labels.joined(separator: ", "))
            digest   \(loaded.digest.hexadecimal)
            passed   file checked in full, network answers \(trials) inputs, \(vectors)

            """
    }

    /// Holds the model to what it answered where it was made.
    private static func compare(_ model: Model, _ path: String) throws(DaemonError) -> String {
        guard let vectors = model.selfTest else { return "no test vectors in the file" }
        var answer: SelfTestAnswer
        do throws(RecognizerError) {
            answer = try SelfTestAnswer(model)
        } catch {
            throw .selfTestFailed(path: path, error.description)
        }
        for (index, seed) in vectors.seeds.enumerated() {
            let logits = answer.logits(seed)
            guard logits == vectors.logits[index] else {
                throw .selfTestFailed(
                    path: path,
                    "test vector \(index): expected the logits \(vectors.logits[index]), found"
                        + " \(logits); the file or this machine is not what it was made for"
                )
            }
        }
        return "\(vectors.seeds.count) test vectors answered as where it was made"
    }

    /// The same numbers on every machine (SplitMix64).
    private struct Noise: RandomNumberGenerator {
        private var state: UInt64 = 0x61_66_66_65_63_74

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
