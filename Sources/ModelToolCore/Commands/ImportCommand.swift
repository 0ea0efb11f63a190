import ArgumentParser
import JSONText
import ModelDescription
import ModelFile
import ModelImport
import ModelTrust

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a full-precision model from an ONNX network.",
        discussion: """
            Takes a network that somebody trained in PyTorch, Keras or elsewhere and exported to \
            ONNX (operator set 13 to 21), and a description of what the network hears and says. \
            The result is a full-precision model: measure it with `evaluate`, make the int8 model \
            of it with `quantize`.

            The description is JSON with the members name, release, version, task, labels, \
            frontEnd, decision and provenance of a model's manifest; `inspect --json` shows those \
            of an existing model, whose other members are ignored here. The network must have \
            been trained on the features that this front end gives: `affect-model features` \
            writes them.

            The input of the network is [batch, 1, time, channels] or any other order of these; \
            where the extents do not tell which is which, say it with --axes: N batch, C channels \
            of an image (or, without F, the channels of the front end), T time, F frequency (the \
            channels of the front end as rows of an image). The output is [batch, labels]; a \
            softmax at the end is left out. Time may have any length: a mean over time must stand \
            before the first fully connected layer.

            Operators: \(ImportedModel.operations). Anything else is refused with the name of the \
            node.

            Example: affect-model import net.onnx --front-end description.json --output net.float32.affect
            """
    )

    @Argument(help: ArgumentHelp("ONNX network.", valueName: "model.onnx"))
    var network: String

    @Option(
        name: .customLong("front-end"),
        help: ArgumentHelp("Description of front end, labels and decision.", valueName: "json")
    )
    var description: String

    @Option(help: ArgumentHelp("Full-precision model to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("What the input's dimensions are, like NCTF.", valueName: "letters"))
    var axes: String?

    func run() throws {
        try Outputs.check(
            [("--output", output)],
            inputs: [("the network", network), ("the description", description)]
        )
        let bytes = try Files.read(network)
        let model = try imported(bytes)
        let made = LoadedModel(model, path: output)
        try Files.write(made.bytes, to: output)
        Console.print(ModelSummary(made).text)
    }

    private func imported(_ bytes: [UInt8]) throws(ToolError) -> Model {
        let value: JSONValue
        do {
            value = try JSONReader.read(try Files.readText(description))
        } catch let error as ToolError {
            throw error
        } catch {
            throw .input(path: description, line: nil, reason: "\(error)")
        }
        do {
            return try ImportedModel.make(
                onnx: bytes,
                description: value,
                axes: axes,
                ancestor: ModelDigest(of: bytes).hexadecimal,
                tool: "affect-model \(ModelTool.version) import"
            )
        } catch {
            throw .model(path: network, reason: "\(error)")
        }
    }
}
