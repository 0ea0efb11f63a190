import Glibc
import ModelDescription

func maxPool(
    _ input: FloatActivation,
    _ spatial: Operation.Spatial,
    into output: inout FloatActivation
) {
    pool(input, spatial, start: -Float.infinity, into: &output) {
        max($0, $1)
    } finish: { sum, _ in
        sum
    }
}

/// Divides by the number of cells inside the input.
func averagePool(
    _ input: FloatActivation,
    _ spatial: Operation.Spatial,
    into output: inout FloatActivation
) {
    pool(input, spatial, start: 0, into: &output) {
        $0 + $1
    } finish: {
        $0 / Float($1)
    }
}

private func pool(
    _ input: FloatActivation,
    _ spatial: Operation.Spatial,
    start: Float,
    into output: inout FloatActivation,
    combine: (Float, Float) -> Float,
    finish: (Float, Int) -> Float
) {
    let channels = input.shape.channels
    for time in 0..<output.shape.time {
        let times = spatial.taps(alongTime: time, extent: input.shape.time)
        for frequency in 0..<output.shape.frequency {
            let frequencies = spatial.taps(
                alongFrequency: frequency,
                extent: input.shape.frequency
            )
            let cell = (time * output.shape.frequency + frequency) * channels
            for channel in 0..<channels {
                var value = start
                for kt in times.range {
                    let row = (times.start + kt * times.step) * input.shape.frequency
                    for kf in frequencies.range {
                        let column = row + frequencies.start + kf * frequencies.step
                        value = combine(value, input.values[column * channels + channel])
                    }
                }
                output.values[cell + channel] =
                    finish(value, times.range.count * frequencies.range.count)
            }
        }
    }
}

/// Means over the reduced cells and, if asked for, population standard deviations after them.
///
/// - Shape: the cells of `output` are the frequencies that are not reduced; its channels are those
///   of `input`, twice with deviations.
func meanPool(_ input: FloatActivation, deviations: Bool, into output: inout FloatActivation) {
    let channels = input.shape.channels
    let lanes = output.shape.frequency * channels
    let count = Double(input.values.count / lanes)
    for lane in 0..<lanes {
        var sum = 0.0
        var squares = 0.0
        for index in stride(from: lane, to: input.values.count, by: lanes) {
            let value = Double(input.values[index])
            sum += value
            squares += value * value
        }
        let mean = sum / count
        let target = lane / channels * output.shape.channels + lane % channels
        output.values[target] = Float(mean)
        if deviations {
            output.values[target + channels] = Float(sqrt(max(squares / count - mean * mean, 0)))
        }
    }
}

func concatenate(
    _ inputs: [FloatActivation],
    _ axis: Operation.Axis,
    into output: inout FloatActivation
) {
    // The joined axis and everything inside it is one contiguous run of each input.
    func run(_ shape: TensorShape) -> Int {
        axis == .frequency ? shape.frequency * shape.channels : shape.channels
    }
    let pitch = run(output.shape)
    var offset = 0
    for input in inputs {
        let length = run(input.shape)
        for index in input.values.indices {
            output.values[index / length * pitch + offset + index % length] = input.values[index]
        }
        offset += length
    }
}
