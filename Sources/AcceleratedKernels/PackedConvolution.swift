import CNeuralKernels
public import NeuralKernels

/// A convolution whose weights are in the order that a variant reads them in.
///
/// A value of plain integers; the packed weights and the scratch belong to the caller.
@safe public struct PackedConvolution: Sendable {
    private let variant: KernelVariant
    private let window: SlidingWindow
    private let description: affect_convolution
    /// Cache lines of the packed weights, bias and factors.
    public let packedCount: Int

    /// Describes a convolution for a variant other than the reference.
    ///
    /// - Range: all extents as `NeuralKernels.convolution2D` takes them.
    public init(
        variant: KernelVariant,
        window: SlidingWindow,
        inputFrequency: Int,
        inputChannels: Int,
        outputChannels: Int,
        inputZeroPoint: Int32,
        quantization: OutputQuantization
    ) {
        precondition(!variant.isReference)
        precondition(inputFrequency >= 1 && inputChannels >= 1 && outputChannels >= 1)
        self.variant = variant
        self.window = window
        description = affect_convolution(
            time: affect_axis(window.time),
            frequency: affect_axis(window.frequency),
            input_frequency: Int32(inputFrequency),
            input_channels: Int32(inputChannels),
            output_channels: Int32(outputChannels),
            input_zero_point: inputZeroPoint,
            output: affect_output(quantization)
        )
        packedCount = cacheLineCount(
            bytes: unsafe Self.withTable(of: variant, description) { table, description in
                unsafe table.pointee.convolution_packed_size(description)
            }
        )
    }

    /// Describes a multiplication of a vector with a matrix as a convolution over one cell.
    public init(
        variant: KernelVariant,
        fullyConnectedDepth depth: Int,
        outputChannels: Int,
        inputZeroPoint: Int32,
        quantization: OutputQuantization
    ) {
        self.init(
            variant: variant,
            window: SlidingWindow(time: SlidingAxis(), frequency: SlidingAxis()),
            inputFrequency: 1,
            inputChannels: depth,
            outputChannels: outputChannels,
            inputZeroPoint: inputZeroPoint,
            quantization: quantization
        )
    }

    /// Cache lines of the scratch of a run over `inputTime` frames.
    public func scratchCount(inputTime: Int) -> Int {
        cacheLineCount(bytes: scratchSize(inputTime: inputTime))
    }

    /// Packs weights, bias and factors.
    ///
    /// - Shape: as `NeuralKernels.convolution2D`; the result has `packedCount` cache lines.
    public func pack(
        weights: Span<Int8>,
        bias: Span<Int32>,
        multipliers: Span<Int32>,
        shifts: Span<Int32>
    ) -> [CacheLine] {
        let channels = Int(description.output_channels)
        precondition(
            weights.count == channels * window.tapCount * Int(description.input_channels)
        )
        precondition(bias.count == channels)
        precondition(multipliers.count == channels && shifts.count == channels)
        var packed = [CacheLine](repeating: CacheLine(repeating: 0), count: packedCount)
        // The tables read and write within the counts that were just checked.
        unsafe packed.withUnsafeMutableBytes { packed in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe bias.withUnsafeBufferPointer { bias in
                    unsafe multipliers.withUnsafeBufferPointer { multipliers in
                        unsafe shifts.withUnsafeBufferPointer { shifts in
                            unsafe withTable { table, description in
                                unsafe table.pointee.convolution_pack(
                                    description,
                                    weights.baseAddress,
                                    weights.count,
                                    bias.baseAddress,
                                    multipliers.baseAddress,
                                    shifts.baseAddress,
                                    packed.baseAddress,
                                    packed.count
                                )
                            }
                        }
                    }
                }
            }
        }
        return packed
    }

    /// Convolves `inputTime` frames.
    ///
    /// - Shape: `packed` as `pack` returned it; `scratch` at least `scratchCount`, overwritten;
    ///   `input` and `output` as `NeuralKernels.convolution2D`.
    @_lifetime(output: copy output)
    @_lifetime(scratch: copy scratch)
    public func run(
        packed: Span<CacheLine>,
        input: Span<Int8>,
        inputTime: Int,
        output: inout MutableSpan<Int8>,
        scratch: inout MutableSpan<CacheLine>
    ) {
        let frequency = Int(description.input_frequency)
        let outputCells =
            window.time.outputExtent(inputTime) &* window.frequency.outputExtent(frequency)
        precondition(outputCells >= 1)
        precondition(input.count == inputTime &* frequency &* Int(description.input_channels))
        precondition(output.count >= outputCells &* Int(description.output_channels))
        precondition(packed.count == packedCount)
        precondition(scratch.count >= scratchCount(inputTime: inputTime))
        // The tables read and write within the counts that were just checked.
        unsafe packed.withUnsafeBytes { packed in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe scratch.withUnsafeMutableBytes { scratch in
                        unsafe withTable { table, description in
                            unsafe table.pointee.convolution_run(
                                description,
                                packed.baseAddress,
                                packed.count,
                                input.baseAddress,
                                inputTime,
                                scratch.baseAddress,
                                scratch.count,
                                output.baseAddress,
                                output.count
                            )
                        }
                    }
                }
            }
        }
    }

    private func scratchSize(inputTime: Int) -> Int {
        unsafe withTable { table, description in
            unsafe table.pointee.convolution_scratch_size(description, inputTime)
        }
    }

    /// Calls with the variant's table and the description, which live until `body` returns.
    @unsafe @inline(__always)
    private func withTable<Result>(
        _ body: (UnsafePointer<affect_kernels>, UnsafePointer<affect_convolution>) -> Result
    ) -> Result {
        unsafe Self.withTable(of: variant, description, body)
    }

    @unsafe @inline(__always)
    private static func withTable<Result>(
        of variant: KernelVariant,
        _ description: affect_convolution,
        _ body: (UnsafePointer<affect_kernels>, UnsafePointer<affect_convolution>) -> Result
    ) -> Result {
        guard let table = unsafe variant.table else {
            preconditionFailure("the reference packs nothing")
        }
        return unsafe withUnsafePointer(to: description) { unsafe body(table, $0) }
    }
}
