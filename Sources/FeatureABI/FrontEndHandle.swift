import Features
import FrontEndDesign
import JSONText
import ModelDescription

/// What an `affect_front_end` pointer stands for.
final class FrontEndHandle {
    var frontEnd: FrontEnd
    let tables: FrontEndTables

    /// Reads options, designs their tables and prepares a front end.
    ///
    /// - Throws: `JSONError` or `FeaturesError`, to be told to the caller in words.
    init(options text: [UInt8]) throws {
        let options = try FrontEndOptions(decoding: JSONCursor(JSONReader.read(text)))
        tables = FrontEndTables(designing: options)
        frontEnd = try FrontEnd(options: options, tables: tables)
    }

    /// Computes the frames of a whole segment; `frames` has room for them.
    @_lifetime(frames: copy frames)
    func process(_ samples: Span<Int16>, into frames: inout MutableSpan<Int16>) -> Int {
        frontEnd.reset()
        let channelCount = frontEnd.channelCount
        var position = 0
        var frameCount = 0
        while position < samples.count {
            position += frontEnd.push(samples.extracting(position..<samples.count))
            guard frontEnd.isFrameReady else { break }
            frontEnd.computeFrame(into: &frames, at: frameCount * channelCount)
            frameCount += 1
        }
        return frameCount
    }
}
