/// A complex number of two 32-bit fixed-point parts.
///
/// Spans of it cost one bounds check per complex number instead of two.
@frozen
public struct ComplexInt32: Sendable {
    /// The real part, in the Q-format that the kernel states.
    public var real: Int32

    /// The imaginary part, in the same Q-format.
    public var imaginary: Int32

    /// Creates a complex number from its parts.
    @inlinable
    public init(real: Int32, imaginary: Int32) {
        self.real = real
        self.imaginary = imaginary
    }

    /// Zero.
    @inlinable
    public static var zero: ComplexInt32 { ComplexInt32(real: 0, imaginary: 0) }
}
