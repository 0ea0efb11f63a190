import AcceleratedKernels
import NeuralKernels

/// One call of a kernel, with everything that does not depend on the number of frames.
///
/// Plain integers only: a run reads steps without touching a reference count.
struct Step {
    /// An activation: where it lives and what of its shape is fixed.
    struct Operand {
        /// Index of the workspace's buffer, or `Step.logitSlot`.
        var slot: Int
        var zeroPoint: Int32
        var frequency: Int
        var channels: Int

        /// The shape for a number of frames.
        func shape(time: Int) -> ActivationShape {
            ActivationShape(time: time, frequency: frequency, channels: channels)
        }
    }

    /// Where the tensors of a node lie in the network's contiguous storage.
    struct Tensors {
        var weights: Range<Int>
        /// Of bias, multipliers and shifts.
        var channels: Range<Int>
    }

    /// What a global pool reduces.
    enum Reduction {
        case time
        case timeAndFrequency
    }

    /// The kernel to call.
    enum Kernel {
        case convolution2D(SlidingWindow, Tensors)
        case depthwiseConvolution2D(SlidingWindow, Tensors)
        case fullyConnected(Tensors)
        /// The same by the kernels of a variant, depthwise ones too, with their part of the packed
        /// weights.
        case packedConvolution(PackedConvolution, packed: Range<Int>)
        case packedFullyConnected(PackedConvolution, packed: Range<Int>)
        case maximumPool2D(SlidingWindow)
        case averagePool2D(SlidingWindow)
        case globalMeanPool(Reduction, QuantizedMultiplier)
        case meanDeviationPool(
            Reduction,
            mean: QuantizedMultiplier,
            deviation: QuantizedMultiplier
        )
        case addition(AdditionQuantization, secondSlot: Int)
        /// One input of a concatenation; `offset` counts elements within a row of the output.
        case concatenateFrequencies(offset: Int)
        case concatenateChannels(offset: Int)
        case rectifiedLinear(QuantizedMultiplier)
    }

    /// The slot of the last node's output.
    static let logitSlot = -1

    /// The node that it is a part of.
    var node: Int
    var kernel: Kernel
    var input: Operand
    var output: Operand
    var quantization: OutputQuantization

    /// Frames of the output.
    func outputTime(inputTime: Int) -> Int {
        switch kernel {
        case .packedConvolution(let convolution, _): convolution.outputTime(inputTime)
        case .convolution2D(let window, _), .depthwiseConvolution2D(let window, _),
            .maximumPool2D(let window), .averagePool2D(let window):
            window.time.outputExtent(inputTime)
        case .fullyConnected, .packedFullyConnected, .globalMeanPool, .meanDeviationPool: 1
        case .addition, .concatenateFrequencies, .concatenateChannels, .rectifiedLinear: inputTime
        }
    }
}
