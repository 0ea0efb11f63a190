import Foundation
import JSONText
import ModelFile
import ModelImport

/// The networks that `generate.py` and `generate_keras.py` in `Tests/Vectors/onnx` write.
enum OnnxFiles {
    private static func bytes(_ name: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: tests.appending(path: "Vectors/onnx/\(name)")))
    }

    static func network(_ name: String) throws -> [UInt8] { try bytes("\(name).onnx") }

    static func description() throws -> JSONValue {
        try JSONReader.read(try bytes("description.json"))
    }

    static func cases() throws -> [JSONCursor] {
        let limits = JSONReader.Limits(bytes: 1 << 24, depth: 16, values: 1 << 20)
        return try ["cases.json", "keras-cases.json"].flatMap { file in
            let root = JSONCursor(try JSONReader.read(try bytes(file), limits: limits))
            return try root.member("cases").elements(count: 1...1000)
        }
    }

    static func model(
        _ network: [UInt8],
        axes: String? = nil,
        description: JSONValue? = nil
    ) throws -> Model {
        try ImportedModel.make(
            onnx: network,
            description: try description ?? Self.description(),
            axes: axes,
            ancestor: String(repeating: "0", count: 64),
            tool: "test"
        )
    }
}
