/// The sizes and steps of a rational resampler to 16 kHz.
///
/// Output sample `n` stands at the input time `n·decimation / interpolation`. Its filter is one row
/// of coefficients: one row for each phase if there are few, else rows on an even grid, between
/// neighbouring ones of which the output is interpolated.
public struct ResamplerPlan: Sendable {
    /// Rate of the output in hertz.
    public static let outputRate = 16_000

    /// Rate of the input in hertz.
    public let inputRate: Int
    /// Output samples a period of the rational ratio.
    public let interpolation: Int
    /// Input samples a period of the rational ratio.
    public let decimation: Int
    /// Input samples that one output depends on.
    public let tapCount: Int
    /// Phases that have a row of their own.
    public let phaseCount: Int
    /// Whether outputs lie between rows, which then are one more than phases.
    public let isInterpolated: Bool

    /// Plans the way from a rate.
    ///
    /// - Precondition: `inputRate` is 8000 … 192,000.
    public init(inputRate: Int) {
        precondition(inputRate >= 8000 && inputRate <= 192_000)
        let divisor = greatestCommonDivisor(inputRate, Self.outputRate)
        self.inputRate = inputRate
        interpolation = Self.outputRate / divisor
        decimation = inputRate / divisor
        let lower = min(inputRate, Self.outputRate)
        // The prototype reaches so many samples of the lower rate to each side.
        tapCount = 2 &* ((prototypeHalfWidth &* inputRate &+ lower &- 1) / lower)
        // 640 phases are those of 11,025 Hz, the most that an ordinary rate has. Between the rows
        // of a grid of 512 a sample of the lower rate, linear interpolation is right to −107 dB.
        isInterpolated = interpolation > 640
        phaseCount = isInterpolated ? 512 &* lower / inputRate : interpolation
    }

    /// Rows of the table of coefficients.
    public var rowCount: Int { isInterpolated ? phaseCount &+ 1 : phaseCount }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
