/// A complex number of two 32-bit fixed-point parts, in the Q-format that the kernel states.
///
/// Spans of it cost one bounds check per complex number instead of two. It is a tuple because the
/// metadata of a structure with Int32 fields would refer to the standard library.
public typealias ComplexInt32 = (real: Int32, imaginary: Int32)
