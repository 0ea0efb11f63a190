import CSignalKernels
public import SignalKernels

extension KernelVariant {
    /// Averages interleaved channels as `SignalKernels.downmix` does.
    @_lifetime(output: copy output)
    public func downmix(
        _ samples: Span<Int16>,
        channelCount: Int,
        into output: inout MutableSpan<Int16>
    ) {
        guard let table = unsafe signalTable, channelCount == 2 else {
            SignalKernels.downmix(samples, channelCount: channelCount, into: &output)
            return
        }
        let frameCount = samples.count / 2
        precondition(samples.count == 2 &* frameCount && output.count >= frameCount)
        // The table reads both channels of the frames and writes one, which were just checked.
        unsafe samples.withUnsafeBufferPointer { samples in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe table.pointee.average_pairs(
                    samples.baseAddress,
                    frameCount,
                    output.baseAddress
                )
            }
        }
    }

    /// Computes outputs of a resampler as `SignalKernels.resample` does.
    ///
    /// From 48 kHz, the rate of nearly every microphone, the table computes them, as far as they make
    /// whole groups; the reference does the rest.
    @_lifetime(output: copy output)
    public func resample(
        _ history: Span<Int16>,
        coefficients: Span<Int32>,
        plan: ResamplerPlan,
        position: inout ResamplerPosition,
        into output: inout MutableSpan<Int16>,
        at offset: Int
    ) -> Int {
        let first = position.firstTap
        var grouped = 0
        if let table = unsafe signalTable, plan.interpolation == 1, plan.decimation == 3 {
            let tapCount = plan.tapCount
            precondition(coefficients.count == tapCount && first >= 0 && offset >= 0)
            let groupLength = Int(affect_decimated_group)
            let ready = max(0, (history.count &- first &- tapCount &+ 3) / 3)
            grouped = ready / groupLength &* groupLength
            precondition(output.count &- offset >= grouped)
            if grouped > 0 {
                // The taps of the last output end within the history, and there is room for all of
                // them, which was just checked.
                unsafe history.withUnsafeBufferPointer { history in
                    unsafe coefficients.withUnsafeBufferPointer { row in
                        unsafe output.withUnsafeMutableBufferPointer { output in
                            unsafe table.pointee.decimate_by_three(
                                history.baseAddress.unsafelyUnwrapped + first,
                                row.baseAddress,
                                tapCount,
                                grouped,
                                output.baseAddress.unsafelyUnwrapped + offset
                            )
                        }
                    }
                }
            }
            position.firstTap = first &+ 3 &* grouped
        }
        let rest = SignalKernels.resample(
            history,
            coefficients: coefficients,
            plan: plan,
            position: &position,
            into: &output,
            at: offset &+ grouped
        )
        return grouped &+ rest
    }
}
