import CAllocationProbe
import Features
import FrontEndDesign
import ModelDescription
import Testing

/// After preparation the front end and the resampler allocate nothing.
@Suite struct AllocationTests {
    @Test(arguments: [FrontEndOptions.Normalization.mean, .meanVariance])
    func thousandFramesAllocateNothing(normalization: FrontEndOptions.Normalization) throws {
        let options = FrontEndOptions(
            hopLength: 64,
            extraChannels: [.zeroCrossingRate, .rms],
            normalization: normalization
        )
        var frontEnd = try FrontEnd(options: options, tables: FrontEndTables(designing: options))
        let samples = (0..<1024 + 999 * 64).map { Int16(truncatingIfNeeded: $0 &* 7919) }
        var frames = [Int16](repeating: 0, count: 1000 * frontEnd.channelCount)
        // The first round lets a debug build instantiate its generic metadata.
        _ = compute(&frontEnd, samples, into: &frames)
        frontEnd.reset()
        let before = affect_allocation_count()
        let count = compute(&frontEnd, samples, into: &frames)
        let after = affect_allocation_count()
        #expect(count == 1000)
        #expect(after == before)
    }

    @Test(arguments: [8000, 16_000, 44_056, 48_000])
    func resamplingAllocatesNothing(rate: Int) throws {
        var resampler = try Resampler(inputRate: rate)
        let samples = (0..<rate).map { Int16(truncatingIfNeeded: $0 &* 7919) }
        var output = [Int16](
            repeating: 0,
            count: resampler.outputCapacity(forInputCount: rate) + resampler.finishCapacity
        )
        _ = convert(&resampler, samples, into: &output)
        let before = affect_allocation_count()
        let count = convert(&resampler, samples, into: &output)
        let after = affect_allocation_count()
        #expect(count > 15_900)
        #expect(after == before)
    }

    private func compute(
        _ frontEnd: inout FrontEnd,
        _ samples: [Int16],
        into frames: inout [Int16]
    ) -> Int {
        var span = frames.mutableSpan
        var taken = 0
        var count = 0
        while taken < samples.count {
            taken += frontEnd.push(samples.span.extracting(taken..<samples.count))
            if frontEnd.isFrameReady {
                frontEnd.computeFrame(into: &span, at: count * frontEnd.channelCount)
                count += 1
            }
        }
        frontEnd.normalize(&span, frameCount: count)
        return count
    }

    private func convert(
        _ resampler: inout Resampler,
        _ samples: [Int16],
        into output: inout [Int16]
    ) -> Int {
        var span = output.mutableSpan
        var count = resampler.process(samples.span, into: &span)
        count += resampler.finish(into: &span)
        return count
    }
}
