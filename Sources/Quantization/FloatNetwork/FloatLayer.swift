import ModelDescription
import ModelFile

/// Weights of one node, laid out for the loops of the full-precision network.
struct FloatLayer: Sendable {
    /// Output channels that are computed at once.
    static let laneCount = 8
    typealias Lanes = SIMD8<Float>

    /// Output channels.
    let channelCount: Int
    /// Weights: [output block][tap][lane]; depthwise and batch normalisation: [tap][channel].
    private let blocks: [Lanes]
    private let weights: [Float]
    private let bias: [Float]

    /// Takes the tensors of a node; nil for operations that have none.
    init?(_ node: Node, of model: Model) {
        switch node.operation {
        case .conv2d(_, let outputChannels, _), .fullyConnected(let outputChannels, _):
            bias = model.float32("\(node.name).bias")
            weights = []
            channelCount = outputChannels
            blocks = Self.blocks(model.float32("\(node.name).weight"), outputChannels)
        case .depthwiseConv2d:
            bias = model.float32("\(node.name).bias")
            weights = model.float32("\(node.name).weight")
            channelCount = bias.count
            blocks = []
        case .batchNorm(let epsilon):
            let affine = BatchNormAffine(node, epsilon: epsilon, of: model)
            weights = affine.factor
            bias = affine.offset
            channelCount = bias.count
            blocks = []
        default:
            return nil
        }
    }

    /// Turns [channel][tap] into [block][tap][lane], the lanes of the last block filled with zeros.
    private static func blocks(_ weights: [Float], _ channelCount: Int) -> [Lanes] {
        let tapCount = weights.count / channelCount
        var blocks: [Lanes] = []
        for first in stride(from: 0, to: channelCount, by: laneCount) {
            for tap in 0..<tapCount {
                var lanes = Lanes()
                for lane in 0..<min(laneCount, channelCount - first) {
                    lanes[lane] = weights[(first + lane) * tapCount + tap]
                }
                blocks.append(lanes)
            }
        }
        return blocks
    }

    func convolve(
        _ input: FloatActivation,
        _ spatial: Operation.Spatial,
        into output: inout FloatActivation
    ) {
        let rowTaps = spatial.kernel.frequency * input.shape.channels
        let tapCount = spatial.kernel.time * rowTaps
        let blockCount = blocks.count / tapCount
        for time in 0..<output.shape.time {
            let times = spatial.taps(alongTime: time, extent: input.shape.time)
            for frequency in 0..<output.shape.frequency {
                let frequencies = spatial.taps(
                    alongFrequency: frequency,
                    extent: input.shape.frequency
                )
                let cell = (time * output.shape.frequency + frequency) * channelCount
                for block in 0..<blockCount {
                    var sum = Lanes()
                    for kt in times.range {
                        let row = (times.start + kt * times.step) * input.shape.frequency
                        for kf in frequencies.range {
                            let column = row + frequencies.start + kf * frequencies.step
                            sum += dot(
                                input.values,
                                column * input.shape.channels,
                                block * tapCount + kt * rowTaps + kf * input.shape.channels,
                                input.shape.channels
                            )
                        }
                    }
                    store(sum, block, cell, into: &output)
                }
            }
        }
    }

    func connect(_ input: FloatActivation, into output: inout FloatActivation) {
        let count = input.values.count
        for block in 0..<(blocks.count / count) {
            store(dot(input.values, 0, block * count, count), block, 0, into: &output)
        }
    }

    func convolveDepthwise(
        _ input: FloatActivation,
        _ spatial: Operation.Spatial,
        _ depthMultiplier: Int,
        into output: inout FloatActivation
    ) {
        for time in 0..<output.shape.time {
            let times = spatial.taps(alongTime: time, extent: input.shape.time)
            for frequency in 0..<output.shape.frequency {
                let frequencies = spatial.taps(
                    alongFrequency: frequency,
                    extent: input.shape.frequency
                )
                let cell = (time * output.shape.frequency + frequency) * channelCount
                for channel in 0..<channelCount { output.values[cell + channel] = bias[channel] }
                for kt in times.range {
                    let row = (times.start + kt * times.step) * input.shape.frequency
                    for kf in frequencies.range {
                        let column = row + frequencies.start + kf * frequencies.step
                        let source = column * input.shape.channels
                        let tap = (kt * spatial.kernel.frequency + kf) * channelCount
                        for channel in 0..<channelCount {
                            output.values[cell + channel] +=
                                weights[tap + channel]
                                * input.values[source + channel / depthMultiplier]
                        }
                    }
                }
            }
        }
    }

    func scale(_ input: FloatActivation, into output: inout FloatActivation) {
        for cell in stride(from: 0, to: output.values.count, by: channelCount) {
            for channel in 0..<channelCount {
                output.values[cell + channel] =
                    input.values[cell + channel] * weights[channel] + bias[channel]
            }
        }
    }

    private func dot(_ values: [Float], _ first: Int, _ block: Int, _ count: Int) -> Lanes {
        var sum = Lanes()
        for index in 0..<count {
            sum += blocks[block + index] * values[first + index]
        }
        return sum
    }

    private func store(
        _ sum: Lanes,
        _ block: Int,
        _ cell: Int,
        into output: inout FloatActivation
    ) {
        let first = block * Self.laneCount
        for lane in 0..<min(Self.laneCount, channelCount - first) {
            output.values[cell + first + lane] = sum[lane] + bias[first + lane]
        }
    }
}
