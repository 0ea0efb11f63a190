import CNeuralKernels
public import NeuralKernels

/// A convolution whose weights are in the order that a variant reads them in.
///
/// A value of plain integers, few of them, as a network copies it at every run; the packed weights and
/// the scratch belong to the caller.
@safe public struct PackedConvolution: @unchecked Sendable {
    // Points to a constant table of the C target.
    private let table: UnsafePointer<affect_kernels>
    private let description: affect_convolution
    private let outputFrequency: Int32
    private let maximumTime: Int32
    /// Cache lines of the packed weights, bias and factors.
    public let packedCount: Int
    /// Cache lines of the scratch of a run.
    public let scratchCount: Int

    /// Describes a convolution for a variant other than the reference.
    ///
    /// - Range: all extents as `NeuralKernels.convolution2D` takes them.
    /// - Parameter maximumTime: the most frames of a run; at least one position of the window.
    /// - Parameter isDepthwise: as `NeuralKernels.depthwiseConvolution2D`; only what `packsDepthwise`
    ///   says.
    public init(
        variant: KernelVariant,
        window: SlidingWindow,
        maximumTime: Int,
        inputFrequency: Int,
        inputChannels: Int,
        outputChannels: Int,
        isDepthwise: Bool = false,
        inputZeroPoint: Int32,
        quantization: OutputQuantization
    ) {
        guard let table = unsafe variant.table else {
            preconditionFailure("the reference packs nothing")
        }
        precondition(inputFrequency >= 1 && inputChannels >= 1 && outputChannels >= 1)
        let outputFrequency = window.frequency.outputExtent(inputFrequency)
        precondition(outputFrequency >= 1 && window.time.outputExtent(maximumTime) >= 1)
        precondition(
            !isDepthwise || Self.packsDepthwise(window, inputChannels, outputChannels)
        )
        unsafe self.table = table
        self.outputFrequency = Int32(outputFrequency)
        self.maximumTime = Int32(maximumTime)
        let description = affect_convolution(
            time: affect_axis(window.time),
            frequency: affect_axis(window.frequency),
            input_frequency: Int32(inputFrequency),
            input_channels: Int32(inputChannels),
            output_channels: Int32(outputChannels),
            input_zero_point: inputZeroPoint,
            is_depthwise: isDepthwise ? 1 : 0,
            output: affect_output(quantization)
        )
        self.description = description
        // The table reads the description while it is called.
        packedCount = cacheLineCount(
            bytes: unsafe withUnsafePointer(to: description) {
                unsafe table.pointee.convolution_packed_size($0)
            }
        )
        scratchCount = cacheLineCount(
            bytes: unsafe withUnsafePointer(to: description) {
                unsafe table.pointee.convolution_scratch_size($0, maximumTime)
            }
        )
    }

    /// Whether variants have a kernel for a depthwise convolution: one filter a channel, not too large.
    public static func packsDepthwise(
        _ window: SlidingWindow,
        _ inputChannels: Int,
        _ outputChannels: Int
    ) -> Bool {
        inputChannels == outputChannels && window.tapCount <= affect_most_depthwise_taps
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
            maximumTime: 1,
            inputFrequency: 1,
            inputChannels: depth,
            outputChannels: outputChannels,
            inputZeroPoint: inputZeroPoint,
            quantization: quantization
        )
    }

    /// Packs weights, bias and factors.
    ///
    /// - Shape: as `NeuralKernels.convolution2D` or `depthwiseConvolution2D`; the result has
    ///   `packedCount` cache lines.
    public func pack(
        weights: Span<Int8>,
        bias: Span<Int32>,
        multipliers: Span<Int32>,
        shifts: Span<Int32>
    ) -> [CacheLine] {
        let channels = Int(description.output_channels)
        let depth = description.is_depthwise == 0 ? Int(description.input_channels) : 1
        let taps = Int(description.time.kernel) * Int(description.frequency.kernel)
        precondition(weights.count == channels * taps * depth)
        precondition(bias.count == channels)
        precondition(multipliers.count == channels && shifts.count == channels)
        var packed = [CacheLine](repeating: CacheLine(repeating: 0), count: packedCount)
        // The tables read and write within the counts that were just checked.
        unsafe packed.withUnsafeMutableBytes { packed in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe bias.withUnsafeBufferPointer { bias in
                    unsafe multipliers.withUnsafeBufferPointer { multipliers in
                        unsafe shifts.withUnsafeBufferPointer { shifts in
                            unsafe withUnsafePointer(to: description) { description in
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

    /// Returns the frames of the output of `inputTime` frames.
    ///
    /// - Range: `inputTime <= maximumTime`, and the window fits at least once.
    public func outputTime(_ inputTime: Int) -> Int {
        // In 32 bits, where a division is quick.
        precondition(inputTime >= 0 && inputTime <= Int(maximumTime))
        let axis = description.time
        let reach = axis.dilation &* (axis.kernel &- 1) &+ 1
        let frames = Int32(truncatingIfNeeded: inputTime)
        let free = frames &+ axis.padding_before &+ axis.padding_after &- reach
        precondition(free >= 0)
        return Int(1 &+ (axis.stride == 1 ? free : free / axis.stride))
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
        let channels = Int(description.output_channels)
        let outputCount = outputTime(inputTime) &* Int(outputFrequency) &* channels
        let cellCount = inputTime &* Int(description.input_frequency)
        precondition(input.count == cellCount &* Int(description.input_channels))
        precondition(output.count >= outputCount)
        precondition(packed.count == packedCount && scratch.count >= scratchCount)
        // The tables read and write within the counts that were just checked.
        unsafe packed.withUnsafeBytes { packed in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe scratch.withUnsafeMutableBytes { scratch in
                        unsafe withUnsafePointer(to: description) { description in
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
}
