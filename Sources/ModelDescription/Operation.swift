/// The vocabulary of graphs, with pairs in the order `[time, frequency]`.
///
/// - Source: `Documentation/ModelFormat.md`, sections 4 and 5.
public enum Operation: Equatable, Sendable {
    case conv2d(Spatial, outputChannels: Int, Activation)
    case depthwiseConv2d(Spatial, depthMultiplier: Int, Activation)
    case fullyConnected(outputChannels: Int, Activation)
    case batchNorm(epsilon: Double)
    case maxPool2d(Spatial, Activation)
    case averagePool2d(Spatial, Activation)
    case globalMeanPool(Axes, FixedPointScale?)
    case meanDeviationPool(Axes, MeanDeviationScales?)
    case add(Activation, AddScales?)
    case concatenate(Axis)
    /// The same values in memory, read as another number of frequencies and channels.
    case reshape(frequency: Int)
    case relu(FixedPointScale?)
    case relu6(FixedPointScale?)

    /// A function applied to the output of an operation.
    public enum Activation: String, CaseIterable, Sendable {
        case none
        case relu
        case relu6
    }

    /// What a global pool reduces.
    public enum Axes: String, CaseIterable, Sendable {
        case time
        case timeAndFrequency
    }

    /// Along what inputs are concatenated.
    public enum Axis: String, CaseIterable, Sendable {
        case frequency
        case channels
    }

    /// An extent in time and frequency.
    public struct Pair: Equatable, Sendable {
        /// Along time.
        public var time: Int
        /// Along frequency.
        public var frequency: Int

        /// Makes a pair.
        public init(_ time: Int, _ frequency: Int) {
            self.time = time
            self.frequency = frequency
        }
    }

    /// Zeros around an activation.
    public struct Padding: Equatable, Sendable {
        /// Before the first frame.
        public var timeBefore: Int
        /// After the last frame.
        public var timeAfter: Int
        /// Below the lowest frequency.
        public var frequencyBefore: Int
        /// Above the highest frequency.
        public var frequencyAfter: Int

        /// Makes a padding.
        public init(
            _ timeBefore: Int,
            _ timeAfter: Int,
            _ frequencyBefore: Int,
            _ frequencyAfter: Int
        ) {
            self.timeBefore = timeBefore
            self.timeAfter = timeAfter
            self.frequencyBefore = frequencyBefore
            self.frequencyAfter = frequencyAfter
        }
    }

    /// How a kernel moves over an activation.
    public struct Spatial: Equatable, Sendable {
        /// Extent of the kernel.
        public var kernel: Pair
        /// Step between outputs.
        public var stride: Pair
        /// Step between the cells of the kernel.
        public var dilation: Pair
        /// Zeros around the input.
        public var padding: Padding

        /// Makes a kernel geometry.
        public init(
            kernel: Pair,
            stride: Pair = Pair(1, 1),
            dilation: Pair = Pair(1, 1),
            padding: Padding = Padding(0, 0, 0, 0)
        ) {
            self.kernel = kernel
            self.stride = stride
            self.dilation = dilation
            self.padding = padding
        }
    }

    /// Requantisation of mean+deviation pooling.
    public struct MeanDeviationScales: Equatable, Sendable {
        /// From input steps to output steps.
        public var mean: FixedPointScale
        /// From the deviation in Q16 input steps to output steps.
        public var deviation: FixedPointScale

        /// Makes the scales.
        public init(mean: FixedPointScale, deviation: FixedPointScale) {
            self.mean = mean
            self.deviation = deviation
        }
    }

    /// Requantisation of LiteRT's ADD.
    public struct AddScales: Equatable, Sendable {
        /// Bits by which both inputs are shifted left first.
        public static let leftShift = 20

        /// Of the first input to the common scale.
        public var first: FixedPointScale
        /// Of the second input to the common scale.
        public var second: FixedPointScale
        /// Of the sum to the output.
        public var output: FixedPointScale

        /// Makes the scales.
        public init(first: FixedPointScale, second: FixedPointScale, output: FixedPointScale) {
            self.first = first
            self.second = second
            self.output = output
        }
    }

    /// Name in the manifest.
    public var name: String {
        switch self {
        case .conv2d: "conv2d"
        case .depthwiseConv2d: "depthwiseConv2d"
        case .fullyConnected: "fullyConnected"
        case .batchNorm: "batchNorm"
        case .maxPool2d: "maxPool2d"
        case .averagePool2d: "averagePool2d"
        case .globalMeanPool: "globalMeanPool"
        case .meanDeviationPool: "meanDeviationPool"
        case .add: "add"
        case .concatenate: "concatenate"
        case .reshape: "reshape"
        case .relu: "relu"
        case .relu6: "relu6"
        }
    }

    /// Names of all operations.
    public static let names = [
        "conv2d", "depthwiseConv2d", "fullyConnected", "batchNorm", "maxPool2d", "averagePool2d",
        "globalMeanPool", "meanDeviationPool", "add", "concatenate", "reshape", "relu",
        "relu6",
    ]
}
