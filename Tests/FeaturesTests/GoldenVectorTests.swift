import FrontEndDesign
import ModelDescription
import ReferenceFeatures
import TestSupport
import Testing

/// Tables, the double-precision twin and the fixed-point front end against NumPy.
@Suite struct GoldenVectorTests {
    @Test(arguments: FeatureVectors.names)
    func designedTablesAreThoseOfTheEquations(name: String) throws {
        let vectors = try FeatureVectors(name)
        // Both round the same reals, which the generator keeps away from ties.
        #expect(FrontEndTables(designing: vectors.options) == vectors.tables)
    }

    @Test(arguments: FeatureVectors.names)
    func twinFollowsNumPyTo1e9(name: String) throws {
        let vectors = try FeatureVectors(name)
        let twin = ReferenceFrontEnd(options: vectors.options)
        for output in vectors.outputs {
            let frames = twin.frames(output.samples)
            let normalized = twin.normalize(frames)
            // Two orders of summation in double precision, and the 12 digits of the vectors.
            expectClose(frames, output.frames)
            expectClose(normalized, output.normalized)
        }
    }

    @Test(arguments: FeatureVectors.names)
    func fixedPointFollowsNumPy(name: String) throws {
        let vectors = try FeatureVectors(name)
        let options = vectors.options
        for output in vectors.outputs {
            let tolerances = FrontEndTolerance(options).values(output.samples)
            let frames = reals(
                try computeFrames(output.samples, options, tables: vectors.tables),
                options
            )
            #expect(frames.count == output.frames.count)
            for (index, exact) in output.frames.enumerated() {
                #expect(abs(frames[index] - exact) <= tolerances[index], "value \(index)")
            }
            // The figure of CMSIS-DSP for its 31-bit MFCC; the worst here is the chirp after it has
            // left the band, when its leakage is all there is.
            #expect(SignalToNoise.decibels(reference: output.frames, measured: frames) > 66)
        }
    }

    @Test(arguments: FeatureVectors.names)
    func normalizationFollowsNumPy(name: String) throws {
        let vectors = try FeatureVectors(name)
        let options = vectors.options
        let unit = 1 / Double(1 << options.outputFractionBits)
        for output in vectors.outputs {
            let tolerances = FrontEndTolerance(options).values(output.samples)
            let frames = reals(
                try computeFrames(
                    output.samples,
                    options,
                    tables: vectors.tables,
                    normalizing: true
                ),
                options
            )
            for (index, exact) in output.normalized.enumerated() {
                // Values, mean and deviation are each off by no more than the worst value of the
                // channel; dividing by the least deviation enlarges that 16 times.
                let channel = index % options.channelCount
                let before =
                    stride(from: channel, to: tolerances.count, by: options.channelCount)
                    .map { tolerances[$0] }.max() ?? 0
                let after =
                    options.normalization == .meanVariance
                    ? 16 * (2 + abs(exact)) * before : 2 * before
                #expect(abs(frames[index] - exact) <= after + unit, "value \(index)")
            }
        }
    }

    private func expectClose(_ found: [Double], _ exact: [Double]) {
        #expect(found.count == exact.count)
        for (value, expected) in zip(found, exact) {
            #expect(abs(value - expected) <= 1e-9 * max(1, abs(expected)))
        }
    }
}
