import ArgumentParser
import ModelTrust

struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make a pair of keys for signing models.",
        discussion: """
            The public key goes to the devices, the secret key stays with whoever releases \
            models. Both are files of minisign's format; the secret one has no password, so keep \
            it where only you can read it. Existing files are left alone.

            Example: affect-model keygen --public release.pub --secret release.sec
            """
    )

    @Option(name: .customLong("public"), help: ArgumentHelp("Public key.", valueName: "file"))
    var publicPath: String

    @Option(name: .customLong("secret"), help: ArgumentHelp("Secret key.", valueName: "file"))
    var secretPath: String

    func run() throws {
        for path in [publicPath, secretPath] where Files.exists(path) {
            throw ToolError.failure("\(path): the file exists and is left alone; choose another")
        }
        try Outputs.check([("--public", publicPath), ("--secret", secretPath)], inputs: [])
        let key: SecretKey
        do {
            key = try SecretKey()
        } catch {
            throw ToolError.failure("\(error)")
        }
        try TrustFiles.write(key, to: secretPath)
        try Files.write(Array(key.publicKey.text.utf8), to: publicPath)
        Console.print("\(publicPath), \(secretPath): key \(key.publicKey.identifier)")
    }
}
