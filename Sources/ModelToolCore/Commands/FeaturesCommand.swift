import ArgumentParser
import Features
import ModelDescription
import ModelFile
import ReferenceFeatures

struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Write the features of a recording as a NumPy array.",
        discussion: """
            Computes the frames of the whole file with the front end of the model: 16 kHz mono, \
            without the gate and before the normalisation over the classified frames. The array \
            is Int16 [frames, channels] in the model's Q-format; with --reference it is float64 \
            from the double-precision twin, in real units: the Int16 values over the scale \
            2^outputFractionBits.

            Example: affect-model features --model M.affect speech.wav features.npy
            """
    )

    @Option(help: ArgumentHelp("Model whose front end is used.", valueName: "file"))
    var model: String

    @Flag(help: "Use the double-precision front end and write float64.")
    var reference = false

    @Argument(help: ArgumentHelp("Recording: WAV of any rate and channels.", valueName: "in.wav"))
    var input: String

    @Argument(help: ArgumentHelp("Array to write.", valueName: "out.npy"))
    var output: String

    func run() throws {
        try Outputs.check([("out.npy", output)], inputs: [("the model", model), ("in.wav", input)])
        let model = try LoadedModel(path: model)
        let options = model.manifest.frontEnd
        let samples = try AudioClip(path: input).mono16k()
        let shape = [options.frameCount(sampleCount: samples.count), options.channelCount]
        if reference {
            let frames = ReferenceFrontEnd(options: options).frames(samples)
            try Files.write(ArrayFile.bytes(frames, shape: shape), to: output)
        } else {
            let frames = try fixedPointFrames(model, samples, shape)
            try Files.write(ArrayFile.bytes(frames, shape: shape), to: output)
        }
    }

    private func fixedPointFrames(
        _ model: LoadedModel,
        _ samples: [Int16],
        _ shape: [Int]
    ) throws(ToolError) -> [Int16] {
        do throws(FeaturesError) {
            var frontEnd = try FrontEnd(
                options: model.manifest.frontEnd,
                tables: model.model.frontEndTables
            )
            var frames = [Int16](repeating: 0, count: shape[0] * shape[1])
            var rows = frames.mutableSpan
            var taken = 0
            var offset = 0
            while taken < samples.count {
                taken += frontEnd.push(samples.span.extracting(taken..<samples.count))
                if frontEnd.isFrameReady {
                    frontEnd.computeFrame(into: &rows, at: offset)
                    offset += shape[1]
                }
            }
            return frames
        } catch {
            throw .model(path: model.path, reason: "\(error)")
        }
    }
}
