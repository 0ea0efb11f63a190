/// The sizes and steps of a rational resampler to 16 kHz.
///
/// Output sample `n` stands at the input time `n·decimation / interpolation`. Its filter is one row
/// of coefficients: one row for each phase if there are few, else rows on an even grid, between
/// neighbouring ones of which the output is interpolated.
public struct ResamplerPlan: Sendable {
    /// Rate of the output in hertz.
    public static var outputRate: Int { 16_000 }

    /// Rate of the input in hertz.
    public let inputRate: Int
    /// Output samples a period of the rational ratio.
    public let interpolation: Int
    /// Input samples a period of the rational ratio.
    public let decimation: Int

    /// Plans the way from a rate.
    ///
    /// - Precondition: `inputRate` is 8000 … 192,000.
    public init(inputRate: Int) {
        precondition(inputRate >= 8000 && inputRate <= 192_000)
        let divisor = greatestCommonDivisor(inputRate, Self.outputRate)
        self.inputRate = inputRate
        interpolation = Self.outputRate / divisor
        decimation = inputRate / divisor
    }

    /// Input samples that one output depends on: the prototype reaches so many samples of the lower
    /// rate to each side.
    public var tapCount: Int {
        2 &* ((prototypeHalfWidth &* inputRate &+ lowerRate &- 1) / lowerRate)
    }

    /// Whether outputs lie between rows, which then are one more than phases.
    ///
    /// 640 phases are those of 11,025 Hz, the most that an ordinary rate has.
    public var isInterpolated: Bool { interpolation > 640 }

    /// Phases that have a row of their own.
    ///
    /// Between the rows of a grid of 512 a sample of the lower rate, linear interpolation is right
    /// to −107 dB.
    public var phaseCount: Int {
        isInterpolated ? 512 &* lowerRate / inputRate : interpolation
    }

    /// Rows of the table of coefficients.
    public var rowCount: Int { isInterpolated ? phaseCount &+ 1 : phaseCount }

    private var lowerRate: Int { min(inputRate, Self.outputRate) }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
