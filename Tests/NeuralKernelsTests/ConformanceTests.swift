import AcceleratedKernels
import Foundation
import Testing

/// Every kernel of every variant against LiteRT's reference operators, bit for bit.
///
/// The committed cases are a sample. `Tests/Conformance/README.md` tells how to write thousands of
/// fresh ones and to point `AFFECT_NEURAL_VECTORS` to their folder.
@Suite struct ConformanceTests {
    static let operators = [
        "convolution2D", "depthwiseConvolution2D", "fullyConnected", "maximumPool2D",
        "averagePool2D", "globalMeanPool", "meanDeviationPool", "addition", "concatenation",
        "rectifiedLinear", "inputQuantization",
    ]

    @Test(arguments: operators, KernelVariant.available)
    func answersLikeLiteRT(_ name: String, variant: KernelVariant) throws {
        let file =
            if let folder = ProcessInfo.processInfo.environment["AFFECT_NEURAL_VECTORS"] {
                try VectorFile("\(folder)/\(name).json")
            } else {
                try VectorFile.committed(name)
            }
        for (index, vector) in file.cases.enumerated() {
            let answer = try KernelAnswer(name, vector, variant)
            let expected: [Int8] = try vector.integers("expected")
            #expect(answer.output == expected, "\(name), \(variant.name), case \(index)")
            #expect(answer.tailIsUntouched, "\(name), \(variant.name), case \(index)")
        }
    }
}
