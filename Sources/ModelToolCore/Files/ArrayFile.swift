/// NumPy's `.npy` format, version 1.0: one array, little-endian, row-major.
///
/// - Source: numpy.lib.format.
enum ArrayFile {
    static func bytes(_ values: [Int16], shape: [Int]) -> [UInt8] {
        header("<i2", shape) + values.flatMap { littleEndian(UInt64(UInt16(bitPattern: $0)), 2) }
    }

    static func bytes(_ values: [Double], shape: [Int]) -> [UInt8] {
        header("<f8", shape) + values.flatMap { littleEndian($0.bitPattern, 8) }
    }

    private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
        let extents = shape.map { "\($0)," }.joined(separator: " ")
        var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
        // Magic, version and length take 10 bytes; the header ends with a line feed at 64 · n.
        let gap = 63 - (10 + text.utf8.count) % 64
        text += String(repeating: " ", count: gap) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndian(UInt64(text.utf8.count), 2)
            + Array(text.utf8)
    }

    private static func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
