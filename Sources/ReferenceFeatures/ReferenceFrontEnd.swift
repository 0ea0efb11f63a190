import FrontEndDesign
import Glibc
public import ModelDescription

/// The front end in double precision: the oracle of the fixed-point one, for tools and tests.
///
/// Same options, ideal tables, no rounding anywhere.
///
/// - Source: `Documentation/ModelFormat.md`, section 3.
public final class ReferenceFrontEnd {
    /// The options that it computes by.
    public let options: FrontEndOptions
    private let tables: IdealFrontEndTables
    private let transform: RealTransform

    /// Prepares the tables and the transform.
    public init(options: FrontEndOptions) {
        self.options = options
        tables = IdealFrontEndTables(designing: options)
        transform = RealTransform(length: options.fftLength)
    }

    /// Computes the frames of a segment, before normalisation.
    ///
    /// - Returns: [frameCount, channelCount] in real units: what Int16 features hold, divided by
    ///   2^outputFractionBits.
    public func frames(_ samples: [Int16]) -> [Double] {
        let signal = samples.map { Double($0) / 32768 }
        var emphasized = signal
        for n in signal.indices.dropFirst() {
            emphasized[n] = signal[n] - options.preEmphasis * signal[n - 1]
        }
        var frames: [Double] = []
        for index in 0..<options.frameCount(sampleCount: samples.count) {
            let start = index * options.hopLength
            let range = start..<start + options.frameLength
            let channels = spectralChannels(emphasized[range]) + extraChannels(signal[range])
            frames += zip(channels, tables.channelWeights).map { $0 * $1 }
        }
        return frames
    }

    /// Natural logarithms of the mel energies of every frame of a segment, for judging which
    /// frames lie above the floor.
    ///
    /// - Returns: [frameCount, melBinCount].
    public func logMelEnergies(_ samples: [Int16]) -> [Double] {
        var logMel = options
        logMel.kind = .logMel
        logMel.cepstralCount = 0
        logMel.lifter = 0
        logMel.extraChannels = []
        logMel.channelWeights = Array(repeating: 1, count: options.melBinCount)
        return ReferenceFrontEnd(options: logMel).frames(samples)
    }

    /// Normalises the classified frames, as the options say.
    ///
    /// - Parameter frames: [frameCount, channelCount].
    public func normalize(_ frames: [Double]) -> [Double] {
        let channelCount = options.channelCount
        let frameCount = frames.count / channelCount
        var result = frames
        guard options.normalization != .none else { return result }
        for channel in 0..<channelCount {
            let indices = stride(from: channel, to: frames.count, by: channelCount)
            let mean = indices.reduce(0) { $0 + frames[$1] } / Double(frameCount)
            let squares = indices.reduce(0) { $0 + (frames[$1] - mean) * (frames[$1] - mean) }
            let divisor =
                options.normalization == .mean
                ? 1 : max(sqrt(squares / Double(frameCount)), 1.0 / 16)
            for index in indices {
                result[index] = (frames[index] - mean) / divisor
            }
        }
        return result
    }

    private func spectralChannels(_ frame: ArraySlice<Double>) -> [Double] {
        let power = transform.power(of: zip(frame, tables.window).map { $0 * $1 })
        let logEnergies = zip(tables.melFilters, tables.melLogOffset).map { filter, offset in
            var energy = 0.0
            for (index, weight) in filter.weights.enumerated() {
                energy += weight * power[filter.firstBin + index]
            }
            return max(options.logFloor, log(energy) + offset)
        }
        guard options.kind == .mfcc else { return logEnergies }
        return (0..<options.cepstralCount).map { row in
            var sum = 0.0
            for (column, value) in logEnergies.enumerated() {
                sum += tables.dct[row * options.melBinCount + column] * value
            }
            return sum
        }
    }

    private func extraChannels(_ frame: ArraySlice<Double>) -> [Double] {
        options.extraChannels.map { channel in
            switch channel {
            case .zeroCrossingRate:
                var changes = 0
                for n in frame.indices.dropFirst() where (frame[n] < 0) != (frame[n - 1] < 0) {
                    changes += 1
                }
                return Double(changes) / Double(frame.count - 1)
            case .rms:
                let square = frame.reduce(0) { $0 + $1 * $1 } / Double(frame.count)
                return max(options.logFloor / 2, log(square) / 2)
            }
        }
    }
}
