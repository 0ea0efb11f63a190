import FoundationEssentials

/// The files that a command will write, checked before its work begins.
enum Outputs {
    /// What the user calls a file, and its path.
    typealias NamedPath = (name: String, path: String)

    /// Refuses outputs that could not be written, that would replace an input, or that are one
    /// file.
    ///
    /// - Throws: `usage` for a file that is named twice, `failure` for one that cannot be written.
    static func check(_ outputs: [NamedPath], inputs: [NamedPath]) throws(ToolError) {
        var names: [Files.Identity: String] = [:]
        for input in inputs {
            guard let identity = Files.identity(of: input.path) else { continue }
            names[identity] = input.name
        }
        for output in outputs {
            try requireWritable(output)
            guard let identity = Files.identity(of: output.path) else { continue }
            if let name = names[identity] {
                throw .usage("\(output.name) \(output.path) is \(name) itself; name another file")
            }
            names[identity] = output.name
        }
    }

    private static func requireWritable(_ output: NamedPath) throws(ToolError) {
        guard !output.path.isEmpty else { throw .usage("\(output.name): the path is empty") }
        var isFolder = false
        let files = FileManager.default
        let exists = files.fileExists(atPath: output.path, isDirectory: &isFolder)
        if isFolder { throw .failure("cannot write \(output.path): it is a folder") }
        // What is no regular file is written in place; a new file needs a folder that takes it.
        let place =
            exists && !Files.isReplaced(output.path)
            ? output.path : Files.folder(of: Files.followingLinks(output.path))
        guard files.fileExists(atPath: place) else {
            throw .failure("cannot write \(output.path): there is no folder \(place)")
        }
        guard files.isWritableFile(atPath: place) else {
            throw .failure("cannot write \(output.path): no permission to write to \(place)")
        }
    }
}
