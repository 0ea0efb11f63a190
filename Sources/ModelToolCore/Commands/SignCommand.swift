import ArgumentParser
import ModelDescription
import ModelTrust

struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a model.",
        discussion: """
            Checks that the file is a valid model, then writes MODEL.minisig beside it. The \
            trusted comment carries name, release and digest; minisign -V accepts the signature.

            Example: affect-model sign --key release.sec emotion-research.int8.affect
            """
    )

    @Option(help: ArgumentHelp("Secret key without password.", valueName: "file"))
    var key: String

    @Argument(help: ArgumentHelp("Model file.", valueName: "model"))
    var model: String

    func run() throws {
        let signature = "\(model).minisig"
        try Outputs.check(
            [("the signature", signature)],
            inputs: [("the secret key", key), ("the model", model)]
        )
        let secretKey = try TrustFiles.secretKey(key)
        let source = try LoadedModel(path: model)
        let comment =
            "\(source.manifest.name) release \(source.manifest.release) sha256 \(source.digest)"
        let text: String
        do {
            text = try secretKey.sign(source.bytes, trustedComment: comment)
        } catch {
            throw ToolError.failure("\(error)")
        }
        try Files.write(Array(text.utf8), to: signature)
        Console.print("\(signature): \(comment)")
    }
}
