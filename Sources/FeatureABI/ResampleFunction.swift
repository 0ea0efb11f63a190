import Features
import SignalKernels

/// Converts interleaved PCM to 16 kHz mono; see `affect_features.h`.
@_cdecl("affect_resample")
public func affectResample(
    _ samples: UnsafePointer<Int16>?,
    _ frameCount: Int,
    _ rate: Int32,
    _ channels: Int32,
    _ out: UnsafeMutablePointer<Int16>?,
    _ capacity: Int
) -> Int {
    guard frameCount >= 0, frameCount <= 1 << 40, capacity >= 0, (1...32).contains(channels),
        let resampler = try? Resampler(inputRate: Int(rate))
    else { return errorArgument }
    let total = (frameCount * ResamplerPlan.outputRate + Int(rate) - 1) / Int(rate)
    guard total <= capacity else { return errorCapacity }
    guard total > 0 else { return 0 }
    guard let samples = unsafe samples, let out = unsafe out else { return errorArgument }
    let input = unsafe UnsafeBufferPointer(start: samples, count: frameCount * Int(channels))
    let output = unsafe UnsafeMutableBufferPointer(start: out, count: total)
    var span = unsafe output.mutableSpan
    return unsafe convert(input.span, channelCount: Int(channels), resampler, into: &span)
}

/// Mixes and resamples a whole recording; `output` has room for exactly its length.
@_lifetime(output: copy output)
private func convert(
    _ samples: Span<Int16>,
    channelCount: Int,
    _ resampler: consuming Resampler,
    into output: inout MutableSpan<Int16>
) -> Int {
    let frameCount = samples.count / channelCount
    var mono = [Int16](repeating: 0, count: frameCount)
    var monoSpan = mono.mutableSpan
    downmix(samples, channelCount: channelCount, into: &monoSpan)
    var count = resampler.process(mono.span, into: &output)
    var rest = [Int16](repeating: 0, count: resampler.finishCapacity)
    var restSpan = rest.mutableSpan
    let restCount = resampler.finish(into: &restSpan)
    for index in 0..<restCount {
        output[count] = rest[index]
        count += 1
    }
    return count
}
