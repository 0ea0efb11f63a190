import Features
import FrontEndDesign
import ModelDescription

/// Runs a whole signal through a front end, pushed in pieces of the given sizes, over and over.
func computeFrames(
    _ samples: [Int16],
    _ options: FrontEndOptions,
    tables: FrontEndTables? = nil,
    pieces: [Int] = [.max],
    normalizing: Bool = false
) throws -> [Int16] {
    var frontEnd = try FrontEnd(
        options: options,
        tables: tables ?? FrontEndTables(designing: options)
    )
    return run(&frontEnd, samples, pieces: pieces, normalizing: normalizing)
}

/// Runs a whole signal through a prepared front end.
func run(
    _ frontEnd: inout FrontEnd,
    _ samples: [Int16],
    pieces: [Int] = [.max],
    normalizing: Bool = false
) -> [Int16] {
    let capacity = frontEnd.frameCount(forSampleCount: samples.count)
    // Three values more than needed, which must stay untouched.
    var frames = [Int16](repeating: 0x5A5A, count: capacity * frontEnd.channelCount + 3)
    var span = frames.mutableSpan
    var position = 0
    var count = 0
    var round = 0
    while position < samples.count {
        let piece = pieces[round % pieces.count]
        round += 1
        let end = piece < samples.count - position ? position + piece : samples.count
        var taken = position
        while taken < end {
            taken += frontEnd.push(samples.span.extracting(taken..<end))
            if frontEnd.isFrameReady {
                frontEnd.computeFrame(into: &span, at: count * frontEnd.channelCount)
                count += 1
            }
        }
        position = end
    }
    precondition(count == capacity)
    if normalizing { frontEnd.normalize(&span, frameCount: count) }
    precondition(frames.suffix(3) == [0x5A5A, 0x5A5A, 0x5A5A])
    return Array(frames.dropLast(3))
}

/// Features in real units.
func reals(_ frames: [Int16], _ options: FrontEndOptions) -> [Double] {
    frames.map { Double($0) / Double(1 << options.outputFractionBits) }
}
