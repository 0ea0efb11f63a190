import Foundation
import JSONText
import ModelDescription

/// The committed golden vectors of the front end, as `Tests/Vectors/features/generate.py` writes
/// them.
struct FeatureVectors {
    static let names = [
        "mfcc-1024", "mfcc-400-htk", "mfcc-odd-2048", "log-mel-256", "log-mel-512", "mfcc-narrow",
    ]

    /// What one signal gives.
    struct Output {
        let samples: [Int16]
        /// Before normalisation, row-major.
        let frames: [Double]
        let normalized: [Double]
    }

    let options: FrontEndOptions
    let tables: FrontEndTables
    let outputs: [Output]

    init(_ name: String) throws {
        let signals = try Self.read("signals")
        let root = try Self.read("case-\(name)")
        options = try FrontEndOptions(decoding: root.member("options"))
        let tables = try root.member("tables")
        self.tables = FrontEndTables(
            window: try Self.integers(tables, "window"),
            melFirstBin: try Self.integers(tables, "melFirstBin"),
            melBinCounts: try Self.integers(tables, "melBinCounts"),
            melWeights: try Self.integers(tables, "melWeights"),
            melLogOffset: try Self.integers(tables, "melLogOffset"),
            dct: try Self.integers(tables, "dct"),
            channelWeights: try Self.integers(tables, "channelWeights")
        )
        outputs = try root.member("outputs").elements(count: 1...16).map { output in
            Output(
                samples: try Self.integers(signals, output.member("signal").string()),
                frames: try Self.rows(output, "frames"),
                normalized: try Self.rows(output, "normalized")
            )
        }
    }

    /// One of the shared signals.
    static func signal(_ name: String) throws -> [Int16] {
        try integers(read("signals"), name)
    }

    private static func read(_ name: String) throws -> JSONCursor {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = tests.appending(path: "Vectors/features/\(name).json")
        return JSONCursor(try JSONReader.read([UInt8](Data(contentsOf: path))))
    }

    private static func integers<T: FixedWidthInteger>(
        _ cursor: JSONCursor,
        _ key: String
    ) throws -> [T] {
        try cursor.member(key).elements(count: 0...100_000).map {
            T(try $0.integer(Int(T.min)...Int(T.max)))
        }
    }

    private static func rows(_ cursor: JSONCursor, _ key: String) throws -> [Double] {
        try cursor.member(key).elements(count: 0...10_000).flatMap { row in
            try row.elements(count: 1...256).map { try $0.real(-1e6...1e6) }
        }
    }
}
