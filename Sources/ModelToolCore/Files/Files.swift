import FoundationEssentials
import SystemIntegration

/// Whole files, with errors that name them.
enum Files {
    /// Longer files are refused before they fill the memory.
    static let sizeLimit = 64 << 20

    static func read(_ path: String) throws(ToolError) -> [UInt8] {
        do throws(SystemIntegrationError) {
            let file = try FileDescriptor.open(forReading: path)
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while case .bytes(let count) = try file.read(into: &chunk) {
                bytes.append(contentsOf: chunk[..<count])
                if bytes.count > sizeLimit { break }
            }
            if bytes.count <= sizeLimit { return bytes }
        } catch {
            throw .unreadable(path, error)
        }
        throw .input(path: path, line: nil, reason: "expected at most \(sizeLimit) bytes")
    }

    static func readText(_ path: String) throws(ToolError) -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw .input(path: path, line: nil, reason: "expected text in UTF-8")
        }
        return text
    }

    /// Writes a file, or leaves what was there before.
    static func write(_ bytes: [UInt8], to path: String) throws(ToolError) {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .failure(
                "cannot write \(path): check that its folder exists and that there is room"
            )
        }
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Paths of all files below a folder that end in `.wav`, sorted; nil if it is no folder.
    static func wavFiles(below folder: String) throws(ToolError) -> [String]? {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw .input(path: folder, line: nil, reason: "no such file or folder")
        }
        guard isFolder else { return nil }
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
            throw .input(path: folder, line: nil, reason: "the folder cannot be listed")
        }
        return names.filter { $0.lowercased().hasSuffix(".wav") }.sorted().map {
            "\(folder)/\($0)"
        }
    }

    /// A path of a list: absolute, below the folder of the list, or below the current folder.
    static func resolve(_ path: String, relativeTo list: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = list.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let beside = (folder + [Substring(path)]).joined(separator: "/")
        return exists(beside) ? beside : path
    }
}
