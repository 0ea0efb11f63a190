import AcceleratedKernels
import NeuralKernels

/// A convolution with random extents, tensors and factors.
struct RandomConvolution {
    var window: SlidingWindow
    var shape: ActivationShape
    var channels: Int
    var inputZeroPoint: Int32
    var quantization: OutputQuantization
    var input: [Int8]
    var weights: [Int8]
    var bias: [Int32]
    var multipliers: [Int32]
    var shifts: [Int32]

    init(
        _ random: inout RandomNumbers,
        inputChannels: ClosedRange<Int> = 1...40,
        isPointwise: Bool = false
    ) {
        func axis(longest: Int) -> SlidingAxis {
            if isPointwise { return SlidingAxis() }
            let kernel = random.integer(1...longest)
            let dilation = random.integer(1...2)
            let reach = dilation * (kernel - 1)
            return SlidingAxis(
                kernel: kernel,
                stride: random.integer(1...3),
                dilation: dilation,
                paddingBefore: random.integer(0...reach),
                paddingAfter: random.integer(0...reach)
            )
        }
        // A sequence has one row of frequency, an image several.
        let isSequence = random.integer(0...3) == 0
        repeat {
            window = SlidingWindow(
                time: axis(longest: 5),
                frequency: isSequence ? SlidingAxis() : axis(longest: 4)
            )
            shape = ActivationShape(
                time: random.integer(1...20),
                frequency: isSequence ? 1 : random.integer(1...12),
                channels: random.integer(inputChannels)
            )
        } while window.outputShape(of: shape, channels: 1).elementCount == 0
        channels = random.integer(0...3) == 0 ? random.integer(33...140) : random.integer(1...34)
        inputZeroPoint = Int32(random.integer(-128...127))
        quantization = random.quantization()
        input = random.integers(shape.elementCount, Int8.min...Int8.max)
        weights = random.integers(
            channels * window.tapCount * shape.channels,
            Int8.min...Int8.max
        )
        bias = random.integers(channels, -20_000...20_000)
        multipliers = random.integers(channels, 1 << 30...Int32.max)
        if random.integer(0...9) == 0 { multipliers[0] = 0 }
        // Some shifts send everything to the limits, some to nothing; most do neither.
        let isWild = random.integer(0...9) == 0
        shifts = random.integers(channels, isWild ? -31...3 : -14 ... -7)
    }

    /// The output and a few elements behind it, which a kernel leaves alone.
    func answer(_ variant: KernelVariant) -> [Int8] {
        let outputShape = window.outputShape(of: shape, channels: channels)
        var output = [Int8](repeating: 85, count: outputShape.elementCount + 20)
        guard variant.isReference else {
            PackedConvolution(
                variant: variant,
                window: window,
                // Scratch for more frames than there are.
                maximumTime: shape.time + 2,
                inputFrequency: shape.frequency,
                inputChannels: shape.channels,
                outputChannels: channels,
                inputZeroPoint: inputZeroPoint,
                quantization: quantization
            ).answer(
                weights: weights,
                bias: bias,
                multipliers: multipliers,
                shifts: shifts,
                input: input,
                inputTime: shape.time,
                output: &output
            )
            return output
        }
        var patches = [Int16](
            repeating: 0,
            count: convolution2DPatchCount(window: window, inputChannels: shape.channels)
        )
        var span = output.mutableSpan
        var patchSpan = patches.mutableSpan
        convolution2D(
            input: input.span,
            inputShape: shape,
            inputZeroPoint: inputZeroPoint,
            window: window,
            weights: weights.span,
            bias: bias.span,
            multipliers: multipliers.span,
            shifts: shifts.span,
            output: &span,
            outputShape: outputShape,
            quantization: quantization,
            patches: &patchSpan
        )
        return output
    }
}
