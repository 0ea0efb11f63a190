import CSignalKernels
public import SignalKernels

extension KernelVariant {
    /// Windows a frame as `SignalKernels.applyWindow` does.
    @_lifetime(output: copy output)
    public func applyWindow(
        _ signal: Span<Int32>,
        window: Span<Int32>,
        halfLength: Int,
        into output: inout MutableSpan<ComplexInt32>
    ) -> Int? {
        guard let table = unsafe signalTable else {
            return SignalKernels.applyWindow(
                signal,
                window: window,
                halfLength: halfLength,
                into: &output
            )
        }
        let count = signal.count
        precondition(window.count == count)
        precondition(output.count >= halfLength && count <= 2 &* halfLength)
        // The table reads `count` elements each and writes `halfLength`, which were just checked.
        let shift = unsafe signal.withUnsafeBufferPointer { signal in
            unsafe window.withUnsafeBufferPointer { window in
                unsafe output.withUnsafeMutableBytes { output in
                    unsafe table.pointee.window(
                        signal.baseAddress,
                        window.baseAddress,
                        count,
                        output.baseAddress?.assumingMemoryBound(to: affect_complex.self),
                        halfLength
                    )
                }
            }
        }
        return Int(shift) == affect_window_silent ? nil : Int(shift)
    }

    /// Transforms a block as `SignalKernels.fourierTransform` does.
    @_lifetime(block: copy block)
    public func fourierTransform(
        _ block: inout MutableSpan<ComplexInt32>,
        length: Int,
        twiddles: Span<ComplexInt32>
    ) {
        guard let table = unsafe signalTable, length >= affect_shortest_transform else {
            SignalKernels.fourierTransform(&block, length: length, twiddles: twiddles)
            return
        }
        precondition(length & (length &- 1) == 0 && block.count >= length)
        precondition(twiddles.count == stageTwiddleCount(length: length))
        // The table keeps to the lengths that were just checked.
        unsafe block.withUnsafeMutableBytes { block in
            unsafe twiddles.withUnsafeBytes { twiddles in
                unsafe table.pointee.transform(
                    block.baseAddress?.assumingMemoryBound(to: affect_complex.self),
                    length,
                    twiddles.baseAddress?.assumingMemoryBound(to: affect_complex.self),
                    twiddles.count / MemoryLayout<affect_complex>.size
                )
            }
        }
    }

    /// Separates a spectrum as `SignalKernels.separateRealSpectrum` does.
    @_lifetime(block: copy block)
    public func separateRealSpectrum(
        _ block: inout MutableSpan<ComplexInt32>,
        halfLength: Int,
        twiddles: Span<ComplexInt32>
    ) {
        guard let table = unsafe signalTable, halfLength >= affect_shortest_transform
        else {
            SignalKernels.separateRealSpectrum(
                &block,
                halfLength: halfLength,
                twiddles: twiddles
            )
            return
        }
        precondition(block.count >= halfLength &+ 1 && twiddles.count == halfLength / 2)
        // The table keeps to the lengths that were just checked.
        unsafe block.withUnsafeMutableBytes { block in
            unsafe twiddles.withUnsafeBytes { twiddles in
                unsafe table.pointee.separate(
                    block.baseAddress?.assumingMemoryBound(to: affect_complex.self),
                    halfLength,
                    twiddles.baseAddress?.assumingMemoryBound(to: affect_complex.self)
                )
            }
        }
    }
}
