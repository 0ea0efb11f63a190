import Foundation
import FrontEndDesign
import ModelDescription
import ReferenceFeatures

/// What the fixed-point front end may be off by, value by value, from the rounding that its number
/// formats imply.
///
/// A log energy is off by
/// - half a unit of Q15 in every mel weight: at most the greatest relative error of the filter's
///   weights;
/// - the rounding of the transform, up to 3 units (`FourierTransformTests`) where the largest sample
///   of the windowed frame has at least 2^29. A unit is worth that sample times the length of the
///   transform, over 2^29. An energy next to which that is not small is not judged;
/// - 1.3e-6 of the logarithm and 1e-6 of the pre-emphasis in Q15 near zero frequency, both counted as
///   1e-5.
/// The cosine transform sums these by the magnitudes of its row; the output adds its last rounding,
/// half a unit, and half a unit for the channel weight in Q16.
struct FrontEndTolerance {
    private let options: FrontEndOptions
    private let ideal: IdealFrontEndTables
    private let twin: ReferenceFrontEnd

    init(_ options: FrontEndOptions) {
        self.options = options
        ideal = IdealFrontEndTables(designing: options)
        twin = ReferenceFrontEnd(options: options)
    }

    /// Returns [frameCount, channelCount] for a segment, in real units.
    func values(_ samples: [Int16]) -> [Double] {
        let weightErrors = ideal.melFilters.map { filter in
            filter.weights.map { abs(($0 * 32768).rounded() / 32768 - $0) / $0 }.max() ?? 0
        }
        let unit = 1 / Double(1 << options.outputFractionBits)
        let bins = options.melBinCount
        let logEnergies = twin.logMelEnergies(samples)
        var result: [Double] = []
        for frame in 0..<options.frameCount(sampleCount: samples.count) {
            let rounding = 3 * unitOfTransform(samples, frame: frame)
            let row = zip(logEnergies[frame * bins..<(frame + 1) * bins], ideal.melLogOffset)
            let errors = zip(row, weightErrors).map { energy, weights in
                let noise = 2 * rounding * exp((energy.1 - energy.0) / 2)
                return 1e-5 + weights + (noise < 0.5 ? noise : .infinity)
            }
            for (channel, weight) in ideal.channelWeights.enumerated() {
                guard channel < options.spectralChannelCount else {
                    result.append(unit)
                    continue
                }
                var error = errors[channel]
                if options.kind == .mfcc {
                    let matrix = ideal.dct[channel * bins..<(channel + 1) * bins]
                    error = zip(errors, matrix).reduce(0) { $0 + $1.0 * abs($1.1) }
                }
                result.append(unit + abs(weight) * error)
            }
        }
        return result
    }

    /// The worth of one unit of the transform: of the largest windowed sample, 2^-29, times length.
    private func unitOfTransform(_ samples: [Int16], frame: Int) -> Double {
        let start = frame * options.hopLength
        let largest = ideal.window.indices.map { n in
            let previous = start + n > 0 ? Double(samples[start + n - 1]) : 0
            let value = Double(samples[start + n]) - options.preEmphasis * previous
            return abs(value * ideal.window[n]) / 32768
        }.max()
        return (largest ?? 0) * Double(options.fftLength) * 0x1p-29
    }
}
