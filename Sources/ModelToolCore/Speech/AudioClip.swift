import AudioCapture
import Features
import SignalKernels
import SystemIntegration

/// A whole recording in memory.
package struct AudioClip {
    /// Ten minutes at 48 kHz: recordings that are classified as one are far shorter.
    static let frameLimit = 28_800_000

    let path: String
    let format: StreamFormat
    /// Interleaved samples.
    let samples: [Int16]
    /// Whether the file ends before the length that its header states.
    let isTruncated: Bool

    var seconds: Double {
        Double(samples.count / format.channelCount) / Double(format.sampleRate)
    }

    package init(path: String) throws(ToolError) {
        do throws(AudioCaptureError) {
            let reader = try AudioFileReader(wavFile: path)
            format = reader.format
            samples = try reader.readAll(frameLimit: Self.frameLimit)
            isTruncated = reader.isTruncated
            if isTruncated {
                Console.printError(
                    "warning: \(path) ends before the length that its header states"
                )
            }
        } catch {
            if case .unreadable(let cause) = error { throw .unreadable(path, cause) }
            throw .input(path: path, line: nil, reason: "\(error)")
        }
        self.path = path
    }

    /// The recording as 16 kHz mono: as many samples as whole periods begin within it.
    func mono16k() throws(ToolError) -> [Int16] {
        var mono = [Int16](repeating: 0, count: samples.count / format.channelCount)
        var target = mono.mutableSpan
        downmix(samples.span, channelCount: format.channelCount, into: &target)
        do throws(FeaturesError) {
            var resampler = try Resampler(inputRate: format.sampleRate)
            var converted = [Int16](
                repeating: 0,
                count: resampler.outputCapacity(forInputCount: mono.count)
                    + resampler.finishCapacity
            )
            var output = converted.mutableSpan
            let count = resampler.process(mono.span, into: &output)
            var tail = [Int16](repeating: 0, count: resampler.finishCapacity)
            var tailSpan = tail.mutableSpan
            let tailCount = resampler.finish(into: &tailSpan)
            converted.replaceSubrange(count..., with: tail[..<tailCount])
            return converted
        } catch {
            throw .input(path: path, line: nil, reason: "\(error)")
        }
    }
}
