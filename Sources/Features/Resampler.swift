public import AcceleratedKernels
import SignalKernels

/// Converts mono audio of any rate from 8 to 192 kHz to 16 kHz, with integers alone.
///
/// However the samples are cut into calls, the output is the same bytes. Output sample `n` stands
/// at the input time `n · inputRate / 16000`; it comes as soon as the samples that its filter
/// covers, 3 ms or less beyond that time, have come (6 ms for rates below 16 kHz). 16 kHz passes
/// unchanged and without delay. After preparation nothing fails and nothing allocates.
public struct Resampler: ~Copyable {
    /// Rate of the input in hertz.
    public var inputRate: Int { plan.inputRate }

    // These never change; with constants, Swift 6.2 lets no initialiser call `reset`.
    private var plan: ResamplerPlan
    private var coefficients: [Int32]
    private var kernels: KernelVariant
    /// Input that outputs still depend on, and behind it room for more.
    private var history: [Int16]
    private var historyCount = 0
    private var position = ResamplerPosition(firstTap: 0, phase: 0)

    /// Prepares a resampler: computes its coefficients and allocates its history.
    ///
    /// - Parameter kernels: the variant to run with, for tests and measurements; all of them give
    ///   the same bytes.
    /// - Throws: `unsupportedRate` outside of 8000 … 192,000 Hz.
    public init(inputRate: Int, kernels: KernelVariant = .fastest) throws(FeaturesError) {
        guard (8000...192_000).contains(inputRate) else {
            throw .unsupportedRate(hertz: inputRate)
        }
        plan = ResamplerPlan(inputRate: inputRate)
        self.kernels = kernels
        guard inputRate != ResamplerPlan.outputRate else {
            coefficients = []
            history = []
            return
        }
        var table = [Int32](repeating: 0, count: plan.rowCount * plan.tapCount)
        var span = table.mutableSpan
        fillResamplerCoefficients(plan, into: &span)
        coefficients = table
        history = Array(repeating: 0, count: 2 * plan.tapCount + 512)
        reset()
    }

    /// Forgets all samples: the next one is the first of a segment.
    public mutating func reset() {
        guard !history.isEmpty else { return }
        // The first output stands at the first sample, with silence before it.
        historyCount = plan.tapCount / 2 - 1
        position = ResamplerPosition(firstTap: 0, phase: 0)
        fill(&history, count: historyCount)
    }

    /// The most samples that one call can give for so many.
    public func outputCapacity(forInputCount count: Int) -> Int {
        (count * plan.interpolation + plan.decimation - 1) / plan.decimation + 1
    }

    /// The most samples that `finish` can give.
    public var finishCapacity: Int { outputCapacity(forInputCount: plan.tapCount / 2) }

    /// Converts samples; all of them are taken.
    ///
    /// - Parameter output: at least [outputCapacity(forInputCount: input.count)].
    /// - Returns: The number of samples in `output`; the rest is untouched.
    @_lifetime(output: copy output)
    public mutating func process(_ input: Span<Int16>, into output: inout MutableSpan<Int16>) -> Int
    {
        if history.isEmpty {
            copySamples(input, into: &output, at: 0)
            return input.count
        }
        var taken = 0
        var count = 0
        while taken < input.count {
            taken += append(input.extracting(taken..<input.count))
            count += convert(into: &output, at: count)
        }
        return count
    }

    /// Gives the outputs that still wait for samples, as if silence followed, and resets.
    ///
    /// With those of `process` there are exactly as many as whole output periods begin within the
    /// segment: the input count times 16000 / inputRate, rounded up.
    ///
    /// - Parameter output: at least [finishCapacity].
    /// - Returns: The number of samples in `output`; the rest is untouched.
    public mutating func finish(into output: inout MutableSpan<Int16>) -> Int {
        guard !history.isEmpty else { return 0 }
        var waiting = plan.tapCount / 2
        var count = 0
        while waiting > 0 {
            waiting -= appendSilence(waiting)
            count += convert(into: &output, at: count)
        }
        reset()
        return count
    }

    /// Fills the history and returns how many samples there was room for.
    private mutating func append(_ input: Span<Int16>) -> Int {
        let start = historyCount
        let count = min(input.count, history.count - start)
        var span = history.mutableSpan
        copySamples(input.extracting(0..<count), into: &span, at: start)
        historyCount = start + count
        return count
    }

    private mutating func appendSilence(_ wanted: Int) -> Int {
        let start = historyCount
        let count = min(wanted, history.count - start)
        var span = history.mutableSpan
        for index in 0..<count { span[start + index] = 0 }
        historyCount = start + count
        return count
    }

    /// Computes the outputs that the history allows, then drops what no output needs any more.
    private mutating func convert(into output: inout MutableSpan<Int16>, at offset: Int) -> Int {
        var position = self.position
        let count = kernels.resample(
            history.span.extracting(0..<historyCount),
            coefficients: coefficients.span,
            plan: plan,
            position: &position,
            into: &output,
            at: offset
        )
        let dropped = min(position.firstTap, historyCount)
        let kept = historyCount - dropped
        position.firstTap -= dropped
        self.position = position
        historyCount = kept
        var span = history.mutableSpan
        moveToFront(&span, from: dropped, count: kept)
        return count
    }
}

private func fill(_ history: inout [Int16], count: Int) {
    var span = history.mutableSpan
    for index in 0..<count { span[index] = 0 }
}
