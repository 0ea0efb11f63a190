import ArgumentParser
import ModelTrust

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the signature of a model.",
        discussion: """
            Reads the signature beside the model, in MODEL.minisig, as sign or minisign wrote it. \
            Ends with 0 only when the model was signed with this key and nothing was changed \
            since; with 4 when it was not.

            Example: affect-model verify --key release.pub emotion-research.int8.affect
            """
    )

    @Option(help: ArgumentHelp("Public key file of minisign's format.", valueName: "file"))
    var key: String

    @Argument(help: ArgumentHelp("Model file.", valueName: "model"))
    var model: String

    func run() throws {
        let publicKey = try TrustFiles.publicKey(key)
        let signature = try TrustFiles.signature("\(model).minisig")
        let bytes = try Files.read(model)
        do {
            try signature.verify(bytes, with: publicKey)
        } catch {
            throw ToolError.model(path: model, reason: "\(error)")
        }
        Console.print("\(model): signed with key \(publicKey.identifier)")
        if !signature.trustedComment.isEmpty { Console.print(signature.trustedComment) }
    }
}
