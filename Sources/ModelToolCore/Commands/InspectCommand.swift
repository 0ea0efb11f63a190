import ArgumentParser
import JSONText

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a model is made of.",
        discussion: """
            Reads the model with every check of the format, so a model that can be inspected can \
            be run. Shapes and multiply-accumulates are for one window of `windowFrames` frames.

            Example: affect-model inspect Models/emotion-research.int8.affect
            """
    )

    @Argument(help: ArgumentHelp("Model file, full precision or int8.", valueName: "model"))
    var model: String

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
        let description = ModelSummary(try LoadedModel(path: model))
        Console.print(json ? description.json.prettyText : description.text)
    }
}
