import OnnxFormat

/// A tensor whose values stand in the ONNX file.
struct ConstantTensor {
    let dimensions: [Int]
    /// Values of floating point; nil for integers.
    let reals: [Float]?
    /// Values of integers; nil for floating point.
    let integers: [Int]?

    /// Reads float32, float64, int32 and int64; nil for other types, external data and tensors
    /// whose values do not fill their shape.
    init?(_ tensor: Onnx_TensorProto) {
        // Files are far smaller, so that no product of their extents can overflow.
        var count = 1
        for extent in tensor.dims {
            guard (0..<1 << 24).contains(extent), count < 1 << 24 else { return nil }
            count *= Int(extent)
        }
        guard tensor.dataLocation == 0 else { return nil }
        let raw = Array(tensor.rawData)
        var reals: [Float]?
        var integers: [Int]?
        switch tensor.dataType {
        case 1:
            reals =
                raw.isEmpty
                ? tensor.floatData
                : Self.words(raw, 4).map { Float(bitPattern: UInt32($0)) }
        case 11:
            reals =
                raw.isEmpty
                ? tensor.doubleData.map { Float($0) }
                : Self.words(raw, 8).map { Float(Double(bitPattern: $0)) }
        case 6:
            integers =
                raw.isEmpty
                ? tensor.int32Data.map { Int($0) }
                : Self.words(raw, 4).map { Int(Int32(truncatingIfNeeded: $0)) }
        case 7:
            integers =
                raw.isEmpty
                ? tensor.int64Data.map { Int($0) }
                : Self.words(raw, 8).map { Int(Int64(bitPattern: $0)) }
        default: return nil
        }
        guard reals?.count ?? integers?.count == count else { return nil }
        dimensions = tensor.dims.map { Int($0) }
        self.reals = reals
        self.integers = integers
    }

    init(reals: [Float]) {
        dimensions = [reals.count]
        self.reals = reals
        integers = nil
    }

    init(integers: [Int]) {
        dimensions = [integers.count]
        reals = nil
        self.integers = integers
    }

    /// Little-endian words of so many bytes.
    private static func words(_ bytes: [UInt8], _ size: Int) -> [UInt64] {
        stride(from: 0, through: bytes.count - size, by: size).map { first in
            (0..<size).reduce(0) { $0 | UInt64(bytes[first + $1]) << UInt64(8 * $1) }
        }
    }
}
