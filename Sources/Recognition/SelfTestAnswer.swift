import Features
import Inference
import ModelDescription
public import ModelFile

/// What a model answers all by itself: front end, normalisation, network; see `SelfTestVectors`.
public struct SelfTestAnswer: ~Copyable {
    private var frontEnd: FrontEnd
    private let network: Network
    private var workspace: Workspace
    private let manifest: ModelManifest

    /// Prepares a model of any task.
    ///
    /// - Throws: `frontEnd`, `network`.
    public init(_ model: Model) throws(RecognizerError) {
        self.init(
            manifest: model.manifest,
            frontEnd: try prepareFrontEnd(model.manifest.frontEnd, model.frontEndTables),
            network: try prepareNetwork(model)
        )
    }

    private init(manifest: ModelManifest, frontEnd: consuming FrontEnd, network: Network) {
        self.manifest = manifest
        self.frontEnd = frontEnd
        self.network = network
        workspace = Workspace(for: network)
    }

    /// The logits for the sound of a seed.
    public mutating func logits(_ seed: Int32) -> [Int8] {
        let samples = SelfTestVectors.sound(seed, for: manifest)
        frontEnd.reset()
        var features: [Int16] = []
        var row = [Int16](repeating: 0, count: frontEnd.channelCount)
        var taken = 0
        while taken < samples.count {
            taken += frontEnd.push(samples.span.extracting(taken..<samples.count))
            guard frontEnd.isFrameReady else { continue }
            compute(&frontEnd, into: &row, at: 0)
            features += row
        }
        let frameCount = features.count / frontEnd.channelCount
        var span = features.mutableSpan
        frontEnd.normalize(&span, frameCount: frameCount)
        network.run(features: features.span, frameCount: frameCount, workspace: &workspace)
        return workspace.logits
    }
}
