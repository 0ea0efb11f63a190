import SignalKernels

/// The last samples of a stream, oldest first when they are taken out.
struct SampleRing {
    private var samples: [Int16]
    private var next = 0
    private(set) var count = 0

    init(capacity: Int) {
        samples = Array(repeating: 0, count: max(1, capacity))
    }

    /// Makes room for so many samples; the newest ones stay.
    mutating func resize(capacity: Int) {
        var kept = [Int16](repeating: 0, count: count)
        copy(into: &kept)
        self = SampleRing(capacity: capacity)
        append(kept)
    }

    mutating func removeAll() {
        next = 0
        count = 0
    }

    mutating func append(_ input: [Int16]) {
        let values = input.span
        var taken = 0
        while taken < values.count {
            let run = min(values.count - taken, samples.count - next)
            place(values.extracting(taken..<taken + run), into: &samples, at: next)
            taken += run
            next = next + run == samples.count ? 0 : next + run
        }
        count = min(count + values.count, samples.count)
    }

    /// Copies all samples to the beginning of `output`, which holds at least `count`.
    func copy(into output: inout [Int16]) {
        var index = next - count
        if index < 0 { index += samples.count }
        for position in 0..<count {
            output[position] = samples[index]
            index = index + 1 == samples.count ? 0 : index + 1
        }
    }
}

/// Copies samples into an array that a structure owns.
func place(_ input: Span<Int16>, into output: inout [Int16], at offset: Int) {
    var target = output.mutableSpan
    copySamples(input, into: &target, at: offset)
}
