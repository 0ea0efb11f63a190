/// The last samples of a stream, oldest first when they are taken out.
struct SampleRing {
    private var samples: [Int16]
    private var next = 0
    private(set) var count = 0

    init(capacity: Int) {
        samples = Array(repeating: 0, count: max(1, capacity))
    }

    mutating func removeAll() {
        next = 0
        count = 0
    }

    mutating func append(_ input: [Int16]) {
        for index in 0..<input.count {
            samples[next] = input[index]
            next = next + 1 == samples.count ? 0 : next + 1
        }
        count = min(count + input.count, samples.count)
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
