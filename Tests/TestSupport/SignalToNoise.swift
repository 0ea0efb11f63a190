import Foundation

/// How well a fixed-point result follows its double-precision reference.
public enum SignalToNoise {
    /// Returns ten times the decimal logarithm of the energy of the reference over that of the
    /// error; infinite if there is no error.
    public static func decibels(reference: [Double], measured: [Double]) -> Double {
        var signal = 0.0
        var noise = 0.0
        for (expected, found) in zip(reference, measured) {
            signal += expected * expected
            noise += (expected - found) * (expected - found)
        }
        return noise == 0 ? .infinity : 10 * log10(signal / noise)
    }

    /// Returns the greatest absolute difference.
    public static func greatestError(reference: [Double], measured: [Double]) -> Double {
        zip(reference, measured).map { abs($0 - $1) }.max() ?? 0
    }
}
