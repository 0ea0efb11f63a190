import Foundation
import JSONText
import NeuralKernels

/// The cases of one operator, as `Tests/Conformance/generate.py` writes them.
struct VectorFile {
    let cases: [VectorCase]

    /// Reads the committed cases of an operator.
    static func committed(_ name: String) throws -> VectorFile {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try VectorFile(
            tests.appending(path: "Vectors/neural/\(name).json").path(percentEncoded: false)
        )
    }

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let limits = JSONReader.Limits(bytes: 1 << 30, depth: 16, values: 1 << 28)
        let root = JSONCursor(try JSONReader.read(bytes, limits: limits))
        cases = try root.member("cases").elements(count: 1...1_000_000).map(VectorCase.init)
    }
}

/// One case: parameters, inputs and the expected output by name.
struct VectorCase {
    let cursor: JSONCursor

    func integer(_ key: String) throws -> Int {
        try cursor.member(key).integer(Int.min...Int.max)
    }

    func integers<T: FixedWidthInteger>(_ key: String) throws -> [T] {
        try Self.integers(cursor.member(key))
    }

    func rows<T: FixedWidthInteger>(_ key: String) throws -> [[T]] {
        var rows: [[T]] = []
        for row in try cursor.member(key).elements(count: 0...64) {
            rows.append(try Self.integers(row))
        }
        return rows
    }

    private static func integers<T: FixedWidthInteger>(_ cursor: JSONCursor) throws -> [T] {
        var values: [T] = []
        for element in try cursor.elements(count: 0...(1 << 24)) {
            values.append(T(try element.integer(Int(T.min)...Int(T.max))))
        }
        return values
    }

    func shape(_ key: String) throws -> ActivationShape {
        let extents: [Int] = try integers(key)
        return ActivationShape(time: extents[0], frequency: extents[1], channels: extents[2])
    }

    func window() throws -> SlidingWindow {
        let axes: [[Int]] = try rows("window")
        func axis(_ values: [Int]) -> SlidingAxis {
            SlidingAxis(
                kernel: values[0],
                stride: values[1],
                dilation: values[2],
                paddingBefore: values[3],
                paddingAfter: values[4]
            )
        }
        return SlidingWindow(time: axis(axes[0]), frequency: axis(axes[1]))
    }

    func factor(_ key: String) throws -> QuantizedMultiplier {
        Self.factor(try integers(key))
    }

    static func factor(_ values: [Int32]) -> QuantizedMultiplier {
        QuantizedMultiplier(multiplier: values[0], shift: values[1])
    }

    func quantization() throws -> OutputQuantization {
        let values: [Int32] = try integers("output")
        return OutputQuantization(zeroPoint: values[0], minimum: values[1], maximum: values[2])
    }

    func zeroPoint() throws -> Int32 { Int32(try integer("inputZeroPoint")) }
}
