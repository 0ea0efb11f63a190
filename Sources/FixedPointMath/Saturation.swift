/// Limits a value to the range of Int16.
///
/// - Range: any Int32 in, −32768 … 32767 out.
@inlinable
public func saturateToInt16(_ value: Int32) -> Int16 {
    Int16(truncatingIfNeeded: min(max(value, -32768), 32767))
}

/// Limits a 64-bit value to the range of Int16.
///
/// - Range: any Int64 in, −32768 … 32767 out.
@inlinable
public func saturateToInt16(_ value: Int64) -> Int16 {
    Int16(truncatingIfNeeded: min(max(value, -32768), 32767))
}

/// Limits a 64-bit value to the range of Int32.
///
/// - Range: any Int64 in, −2^31 … 2^31 − 1 out.
@inlinable
public func saturateToInt32(_ value: Int64) -> Int32 {
    Int32(truncatingIfNeeded: min(max(value, Int64(Int32.min)), Int64(Int32.max)))
}

/// Limits a value to `minimum … maximum` and narrows it to Int8.
///
/// - Range: `−128 <= minimum <= maximum <= 127`.
@inlinable
public func clampToInt8(_ value: Int32, minimum: Int32, maximum: Int32) -> Int8 {
    assert(-128 <= minimum && minimum <= maximum && maximum <= 127)
    return Int8(truncatingIfNeeded: min(max(value, minimum), maximum))
}
