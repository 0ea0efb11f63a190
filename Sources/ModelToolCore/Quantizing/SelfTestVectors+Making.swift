import ModelFile
import Recognition

extension SelfTestVectors {
    /// Lets a model answer to the sound of a few seeds.
    ///
    /// - Throws: `RecognizerError` when the model does not run.
    init(answersOf model: Model) throws(RecognizerError) {
        var answer = try SelfTestAnswer(model)
        let seeds: [Int32] = [1, 2, 3, 4]
        var logits: [[Int8]] = []
        for seed in seeds { logits.append(answer.logits(seed)) }
        self.init(seeds: seeds, logits: logits)
    }
}
