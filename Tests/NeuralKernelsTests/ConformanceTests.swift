import Foundation
import Testing

/// Every kernel against LiteRT's reference operators, bit for bit.
///
/// The committed cases are a sample. `Tests/Conformance/README.md` tells how to write thousands of
/// fresh ones and to point `AFFECT_NEURAL_VECTORS` to their folder.
@Suite struct ConformanceTests {
    static let operators = [
        "convolution2D", "depthwiseConvolution2D", "fullyConnected", "maximumPool2D",
        "averagePool2D", "globalMeanPool", "meanDeviationPool", "addition", "concatenation",
        "rectifiedLinear", "inputQuantization",
    ]

    @Test(arguments: operators)
    func answersLikeLiteRT(_ name: String) throws {
        let file =
            if let folder = ProcessInfo.processInfo.environment["AFFECT_NEURAL_VECTORS"] {
                try VectorFile("\(folder)/\(name).json")
            } else {
                try VectorFile.committed(name)
            }
        for (index, vector) in file.cases.enumerated() {
            let answer = try KernelAnswer(name, vector)
            let expected: [Int8] = try vector.integers("expected")
            #expect(answer.output == expected, "\(name), case \(index)")
            #expect(answer.tailIsUntouched, "\(name), case \(index)")
        }
    }
}
