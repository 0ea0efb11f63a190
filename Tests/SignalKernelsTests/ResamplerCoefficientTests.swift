import Foundation
import SignalKernels
import Testing

/// The table that a resampler prepares, against the equation of the prototype.
@Suite struct ResamplerCoefficientTests {
    static let rates = [
        8000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400,
        192_000, 8001, 44_056, 191_999,
    ]

    @Test(arguments: rates)
    func everyRowPassesAConstantUnchanged(rate: Int) {
        let plan = ResamplerPlan(inputRate: rate)
        let table = coefficients(plan)
        for row in 0..<plan.rowCount {
            let values = table[row * plan.tapCount..<(row + 1) * plan.tapCount]
            #expect(values.reduce(0) { $0 + Int($1) } == 1 << 30)
            // The bound of the overflow proof.
            #expect(values.reduce(0) { $0 + abs(Int($1)) } < 4 << 30)
        }
    }

    /// Kernels add samples that have the same coefficient before they multiply.
    @Test func theRowOf48KilohertzIsSymmetric() {
        let row = coefficients(ResamplerPlan(inputRate: 48_000))
        #expect(row.count % 6 == 0 && row.last == 0)
        #expect(row.dropLast() == row.dropLast().reversed()[...])
    }

    @Test(arguments: rates)
    func rowsFollowTheEquationOfTheWindowedSinc(rate: Int) {
        let plan = ResamplerPlan(inputRate: rate)
        let table = coefficients(plan)
        let scale = min(1, 16_000 / Double(rate))
        for row in [0, plan.rowCount / 3, plan.rowCount - 1] {
            let exact = (0..<plan.tapCount).map { tap in
                let distance =
                    Double(tap - plan.tapCount / 2 + 1) - Double(row) / Double(plan.phaseCount)
                return windowedSinc(distance * scale)
            }
            let sum = exact.reduce(0, +)
            for (tap, value) in exact.enumerated() {
                let found = Double(table[row * plan.tapCount + tap]) / 0x1p30
                // −100 dB of the peak, by the doc comment.
                #expect(abs(found - value / sum) < 1e-5 * scale)
            }
        }
    }

    /// A sinc with cut-off 7.5/16 under a Kaiser window for 90 dB, 46 samples to each side.
    private func windowedSinc(_ u: Double) -> Double {
        guard abs(u) < 46 else { return 0 }
        let angle = 2 * Double.pi * 7.5 / 16 * u
        let beta = 0.1102 * (90 - 8.7)
        let kaiser = besselI0(beta * (1 - u * u / 2116).squareRoot()) / besselI0(beta)
        return (u == 0 ? 1 : sin(angle) / angle) * kaiser
    }

    private func besselI0(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1..<60 {
            term *= (x / Double(2 * k)) * (x / Double(2 * k))
            sum += term
        }
        return sum
    }

    private func coefficients(_ plan: ResamplerPlan) -> [Int32] {
        var table = [Int32](repeating: 0, count: plan.rowCount * plan.tapCount)
        var span = table.mutableSpan
        fillResamplerCoefficients(plan, into: &span)
        return table
    }
}
