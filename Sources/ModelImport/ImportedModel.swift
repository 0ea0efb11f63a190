import FrontEndDesign
import JSONText
import ModelDescription
import ModelFile
import OnnxFormat
import Quantization
import SwiftProtobuf

/// Makes a full-precision model from an ONNX network and a description of everything else.
///
/// - Source: `Documentation/Import.md`; the ONNX operator specification, versions 13 to 21.
package enum ImportedModel {
    /// Names of the ONNX operators that are known.
    package static var operations: String { OnnxImporter.operations.joined(separator: ", ") }

    /// Members of a manifest that follow from the network and are no part of a description.
    private static let implied = ["formatVersion", "minimumEngine", "precision", "graph"]

    /// Imports a network.
    ///
    /// - Parameters:
    ///   - bytes: of the ONNX file.
    ///   - description: the manifest of the model without what follows from the network.
    ///   - axes: the meaning of the input's dimensions as letters N, C, T and F; nil to tell it
    ///     from their extents.
    ///   - ancestor: digest of the ONNX file.
    ///   - tool: for the provenance.
    /// - Throws: every case of `ModelImportError`.
    package static func make(
        onnx bytes: [UInt8],
        description: JSONValue,
        axes: String?,
        ancestor: String,
        tool: String
    ) throws(ModelImportError) -> Model {
        let graph = try graph(bytes)
        let members = try described(description)
        do {
            let cursor = JSONCursor(.object(members))
            let frontEnd = try FrontEndOptions(decoding: cursor.member("frontEnd"))
            let decision = try DecisionParameters(
                decoding: cursor.member("decision"),
                precision: .float32
            )
            let made = try network(graph, frontEnd, decision, axes)
            var whole = members
            whole["graph"] = Graph(layout: made.layout, input: nil, nodes: made.nodes).json
            var manifest = try ModelManifest(decoding: JSONCursor(.object(whole)))
            manifest.provenance.ancestors.append(ancestor)
            manifest.provenance.tool = tool
            return try GraphFusion.fuse(
                try Model(
                    manifest: manifest,
                    frontEndTables: FrontEndTables(designing: frontEnd),
                    tensors: made.tensors
                )
            )
        } catch let error as ModelImportError {
            throw error
        } catch {
            throw .rejected("\(error)")
        }
    }

    private static func graph(_ bytes: [UInt8]) throws(ModelImportError) -> Onnx_GraphProto {
        guard let model = try? Onnx_ModelProto(serializedBytes: bytes), model.hasGraph,
            !model.graph.node.isEmpty
        else { throw .notOnnx }
        let version =
            model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version ?? 0
        guard (13...21).contains(version) else { throw .version(version) }
        return model.graph
    }

    private static func described(_ value: JSONValue) throws(ModelImportError) -> JSONObject {
        guard case .object(let given) = value else {
            throw .rejected("the description must be a JSON object")
        }
        var members = JSONObject([
            ("formatVersion", .integer(ModelManifest.formatVersion)),
            ("minimumEngine", .integer(ModelManifest.engineVersion)),
            ("precision", .string(ModelManifest.Precision.float32.rawValue)),
        ])
        for member in given.members where !implied.contains(member.key) {
            members[member.key] = member.value
        }
        return members
    }

    private static func network(
        _ graph: Onnx_GraphProto,
        _ frontEnd: FrontEndOptions,
        _ decision: DecisionParameters,
        _ axes: String?
    ) throws(ModelImportError) -> (layout: Graph.Layout, nodes: [Node], tensors: [String: Tensor]) {
        let constants = Set(graph.initializer.map(\.name))
        let inputs = graph.input.filter { !constants.contains($0.name) }
        guard inputs.count == 1 else {
            throw .graph("expected one input, found \(inputs.map(\.name))")
        }
        let extents = inputs[0].type.tensorType.shape.dim.map { Int($0.dimValue) }
        let dimensions = try dimensions(axes, extents, channelCount: frontEnd.channelCount)
        let layout: Graph.Layout = dimensions.contains([.frequency]) ? .image : .sequence
        let shape = Graph(layout: layout, input: nil, nodes: []).inputShape(
            frameCount: decision.minimumFrames,
            channelCount: frontEnd.channelCount
        )
        let features = Activation(node: Graph.inputName, shape: shape, dimensions: dimensions)
        for (extent, dimension) in zip(extents, dimensions)
        where extent > 0 && dimension != [.time] && dimension != [.batch] {
            let expected = dimension.reduce(1) { $0 * features.extent($1) }
            guard extent == expected else {
                throw .graph(
                    "the input \(inputs[0].name) has the extents \(extents); the front end gives"
                        + " \(frontEnd.channelCount) channels"
                )
            }
        }
        var importer = OnnxImporter(graph, features: (inputs[0].name, features))
        let nodes = try importer.run(graph)
        return (layout, nodes, importer.tensors)
    }

    /// What the dimensions of the input mean.
    private static func dimensions(
        _ axes: String?,
        _ extents: [Int],
        channelCount: Int
    ) throws(ModelImportError) -> [Dimension] {
        let letters: String
        if let axes {
            letters = axes.uppercased()
        } else {
            let isChannelCount = extents.map { $0 == channelCount }
            switch (extents.count, isChannelCount) {
            case (4, [false, false, false, true]) where extents[1] == 1: letters = "NCTF"
            case (4, [false, false, true, false]) where extents[1] == 1: letters = "NCFT"
            case (4, [false, false, true, false]) where extents[3] == 1: letters = "NTFC"
            case (4, [false, true, false, false]) where extents[3] == 1: letters = "NFTC"
            case (3, [false, true, false]): letters = "NCT"
            case (3, [false, false, true]): letters = "NTC"
            default:
                throw .graph(
                    "the extents \(extents) of the input do not tell where the \(channelCount)"
                        + " channels of the front end stand: say it with --axes"
                )
            }
        }
        let dimensions = letters.map { Axis(rawValue: $0).map { [$0] } ?? [] }
        guard dimensions.count == extents.count, !dimensions.contains([]),
            Set(letters).count == letters.count, dimensions.first == [.batch],
            letters.contains("T"), letters.contains("F") || letters.contains("C")
        else {
            throw .graph(
                "the axes \(letters) do not fit an input of \(extents.count) dimensions: one letter"
                    + " each, N first, of N, C (channels), T (time) and F (frequency)"
            )
        }
        return dimensions
    }
}
