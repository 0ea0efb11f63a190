import CAllocationProbe
import Features
import FrontEndDesign
import ModelDescription
import Testing

/// What is remembered of a voice: the same as normalising the frames that are left in one piece.
@Suite struct VoiceMemoryTests {
    private static let channelCount = 3

    private static func frontEnd(
        _ normalization: FrontEndOptions.Normalization
    ) throws -> FrontEnd {
        let options = FrontEndOptions(
            frameLength: 256,
            hopLength: 128,
            fftLength: 256,
            melBinCount: 24,
            cepstralCount: channelCount,
            normalization: normalization
        )
        return try FrontEnd(options: options, tables: FrontEndTables(designing: options))
    }

    /// Frames of any values that use a good part of Int16.
    private static func frames(_ count: Int, seed: Int) -> [Int16] {
        (0..<(count * channelCount)).map { Int16(truncatingIfNeeded: ($0 + seed) &* 7919) / 3 }
    }

    private func normalized(
        _ frames: [Int16],
        by frontEnd: borrowing FrontEnd,
        after memory: borrowing VoiceMemory
    ) -> [Int16] {
        let frameCount = frames.count / Self.channelCount
        var frames = frames
        var span = frames.mutableSpan
        frontEnd.normalize(&span, frameCount: frameCount, after: memory)
        return frames
    }

    private func normalized(_ frames: [Int16], by frontEnd: borrowing FrontEnd) -> [Int16] {
        let frameCount = frames.count / Self.channelCount
        var frames = frames
        var span = frames.mutableSpan
        frontEnd.normalize(&span, frameCount: frameCount)
        return frames
    }

    /// Utterances of every length, many times round the ring of 100 / 10 + 1.
    @Test(arguments: [FrontEndOptions.Normalization.mean, .meanVariance])
    func theOldestUtterancesAreForgotten(normalization: FrontEndOptions.Normalization) throws {
        let frontEnd = try Self.frontEnd(normalization)
        var memory = VoiceMemory(
            frameLimit: 100,
            channelCount: Self.channelCount,
            minimumFrames: 10
        )
        var kept: [[Int16]] = []
        let own = Self.frames(17, seed: 40)
        #expect(
            normalized(own, by: frontEnd, after: memory) == normalized(own, by: frontEnd)
        )
        let lengths = Array(repeating: 10, count: 25) + [100, 10, 91, 45, 45, 10, 11] + (10...60)
        for (index, length) in lengths.enumerated() {
            let utterance = Self.frames(length, seed: index)
            memory.append(utterance.span)
            kept.append(utterance)
            while kept.map({ $0.count / Self.channelCount }).reduce(0, +) > 100 {
                kept.removeFirst()
            }
            let whole = own + kept.joined()
            #expect(memory.frameCount == whole.count / Self.channelCount - 17)
            #expect(
                normalized(own, by: frontEnd, after: memory)
                    == Array(normalized(whole, by: frontEnd)[..<own.count])
            )
        }
        memory.removeAll()
        #expect(memory.frameCount == 0)
        #expect(
            normalized(own, by: frontEnd, after: memory) == normalized(own, by: frontEnd)
        )
    }

    @Test func withoutALimitNothingIsRemembered() throws {
        let frontEnd = try Self.frontEnd(.meanVariance)
        var memory = VoiceMemory(frameLimit: 0, channelCount: Self.channelCount, minimumFrames: 10)
        memory.append(Self.frames(50, seed: 1).span)
        #expect(memory.frameCount == 0)
        let own = Self.frames(17, seed: 40)
        #expect(
            normalized(own, by: frontEnd, after: memory) == normalized(own, by: frontEnd)
        )
    }

    @Test func rememberingAllocatesNothing() {
        var memory = VoiceMemory(
            frameLimit: 2048,
            channelCount: Self.channelCount,
            minimumFrames: 8
        )
        let utterance = Self.frames(100, seed: 1)
        // The first round lets a debug build instantiate its generic metadata.
        for _ in 0..<40 { memory.append(utterance.span) }
        memory.removeAll()
        let before = affect_allocation_count()
        for _ in 0..<400 { memory.append(utterance.span) }
        memory.removeAll()
        let after = affect_allocation_count()
        #expect(after == before)
    }
}
