import Glibc

/// Power of a signal over the power of what was added to it.
public struct SignalToNoise: Equatable, Sendable {
    private var signal = 0.0
    private var noise = 0.0

    /// Makes an empty measurement.
    public init() {}

    /// Adds one value and what became of it.
    mutating func add(expected: Double, found: Double) {
        signal += expected * expected
        noise += (found - expected) * (found - expected)
    }

    /// The ratio in decibel; nil where signal or noise are nothing.
    public var decibel: Double? {
        signal > 0 && noise > 0 ? 10 * log10(signal / noise) : nil
    }

    /// Whether the same signal has less noise here.
    func isBetter(than other: SignalToNoise) -> Bool { noise < other.noise }
}
